"""What a Python script or notebook gets as `braid`."""


class Items(list):
    """A list some of whose items have names: files[0], files.table, files["table"]."""

    def __init__(self, items=(), names=()):
        super().__init__(items)
        self.__dict__.update(names)

    def __getitem__(self, key):
        return self.__dict__[key] if isinstance(key, str) else super().__getitem__(key)

    def get(self, name, default=None):
        return self.__dict__.get(name, default)

    def keys(self):
        return self.__dict__.keys()

    def items(self):
        return self.__dict__.items()

    def __getattr__(self, name):
        names = ", ".join(self.__dict__) or "none"
        raise AttributeError(f"there is no item {name!r} here; the names are: {names}")

    def __reduce__(self):
        return list, (list(self),)

    def __str__(self):
        return " ".join(map(str, self))

    def __fspath__(self):
        if len(self) != 1:
            raise TypeError(f"{len(self)} files where one path is wanted: name one, or pick it by its place")
        return self[0]


def files_of(shape):
    """One path, a list of them, or a record whose values are either."""
    if isinstance(shape, str):
        return Items([shape])
    if isinstance(shape, list):
        return Items(shape)
    named = {name: one if isinstance(one, str) else Items(one) for name, one in shape.items()}
    return Items([path for one in named.values() for path in ([one] if isinstance(one, str) else one)], named)


def named(record):
    return Items(record.values(), record)


class Job:
    """What a script works on."""

    def __init__(self, told):
        self.rule = told["rule"]
        self.input = files_of(told["input"])
        self.output = files_of(told["output"])
        self.params = named(told["params"])
        if "config" in told["params"]:
            self.config = told["params"]["config"]
        self.wildcards = named(told["wildcards"])
        self.resources = named(told["resources"])
        self.threads = told["threads"]
        self.attempt = told["attempt"]
        self.log = Items([told["log"]])
        self.scriptdir = told["folder"]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"a job has no {name!r}: what a script uses comes through `params` of its rule")

    def log_fmt_shell(self, stdout=True, stderr=True, append=False):
        """The words that send what a command prints to the log, as wrappers of Snakemake ask for them."""
        streams = {(True, True): " 2>&1", (True, False): "", (False, True): ""}.get((bool(stdout), bool(stderr)))
        if streams is None:
            return ""
        arrow = ("" if stdout else "2") + (">>" if append else ">")
        return f" {arrow} {self.log[0]}{streams}"


def special(record):
    """Numbers that JSON has no text for."""
    if len(record) == 1 and "$number" in record:
        text = record["$number"]
        return int(text) if text.lstrip("-").isdigit() else float(text)
    return record
