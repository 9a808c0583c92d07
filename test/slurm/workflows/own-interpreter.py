import os

with open(braid.output, "w") as file:
    file.write(f"{os.getppid()} {os.environ['WITHIN']}")
