import os

with open(braid.output, "w") as file:
    file.write(f"{os.getpid()} {os.environ['WITHIN']}")
