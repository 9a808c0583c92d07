"""What a small script imports, and its outputs: by Braid's interpreters, or with the outputs as arguments."""
import csv
import json
import sys

for path in braid.output if "braid" in globals() else sys.argv[1:]:
    open(path, "w").close()
