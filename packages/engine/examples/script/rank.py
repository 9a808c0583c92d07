"""Ranks the fits. Written as for Snakemake: there the job is called `snakemake`, and here too."""

errors = []
for path in snakemake.input:
    with open(path) as file:
        errors.append((float(file.read()), path))
with open(snakemake.output[0], "w") as out:
    for error, path in sorted(errors):
        out.write(f"{error:.4f}  {'/'.join(path.split('/')[-2:])}\n")
