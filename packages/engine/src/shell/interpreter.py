"""Runs Python scripts one after the other in one interpreter: modules that are imported once stay.

A request is a line of JSON on standard input, an answer a line on standard output. Each script finds a job in
`braid`, and in `snakemake` too, for scripts that were written for that. What a script leaves changed (arguments,
folder, environment, log handlers) is put back; what it left open is closed before it counts as done.
"""
import atexit
import gc
import io
import json
import os
import signal
import sys
import threading
import traceback
import types


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
        self.wildcards = named(told["wildcards"])
        self.resources = named(told["resources"])
        self.threads = told["threads"]
        self.attempt = told["attempt"]
        self.log = Items([told["log"]])
        self.scriptdir = told["folder"]

    def __getattr__(self, name):
        raise AttributeError(f"a job has no {name!r}: what a script uses comes through `params` of its rule")


class Failed(Exception):
    """A script that ended itself with an exit code."""


codes = {}
outer_path = [folder for folder in sys.path if folder != ""]
real_register = atexit.register
home = {
    "folder": os.getcwd(),
    "environment": dict(os.environ),
    "pid": os.getpid(),
    "scripts": None,  # the folder of the last script
    "module": types.ModuleType("__main__"),  # what it was run in
}


def run(request):
    """Runs one script; raises what it raised."""
    told, path = request["job"], request["script"]
    folder = told["folder"]
    if folder != home["scripts"]:
        forget_modules(home["scripts"])
        home["scripts"] = folder
    if request.get("source") is not None:
        codes[request["id"]] = request["source"]
    if isinstance(codes[request["id"]], str):
        codes[request["id"]] = compile(codes[request["id"]], path, "exec")
    module = home["module"] = types.ModuleType("__main__")
    job = Job(told)
    module.__dict__.update(__file__=path, braid=job, snakemake=job)
    sys.modules["__main__"] = module
    sys.argv = [path]
    sys.path[:] = [folder, *outer_path]
    endings = []
    threads = set(threading.enumerate())

    def register(function, *args, **kwargs):
        # What the script itself wants done at its end belongs to this job; what a module wants, to the process.
        if getattr(function, "__module__", None) != "__main__":
            return real_register(function, *args, **kwargs)
        endings.append(lambda: function(*args, **kwargs))
        return function

    atexit.register = register
    try:
        try:
            exec(codes[request["id"]], module.__dict__)
        finally:
            if os.getpid() != home["pid"]:
                end_fork(sys.exc_info()[1])
            wait_for(threads)
            while endings:
                endings.pop()()
    except SystemExit as end:
        if end.code not in (None, 0):
            raise Failed(f"The script ended itself with {end.code!r}.") from None
    finally:
        atexit.register = real_register


def end_fork(error):
    """A copy of this process, made by os.fork() in a script, must not go on with the next job."""
    code = getattr(error, "code", 1) if error is not None else 0
    sys.stdout.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def wait_for(before):
    """As Python does at its end; threads of a pool wait for work that never comes."""
    pools = getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", {})
    for thread in set(threading.enumerate()) - before:
        if not thread.daemon and thread not in pools:
            thread.join()


def forget_modules(folder):
    """Another script may mean another file by the same name."""
    for name, module in list(sys.modules.items()):
        if folder is not None and (getattr(module, "__file__", None) or "").startswith(folder + os.sep):
            del sys.modules[name]


def log_state():
    root = getattr(sys.modules.get("logging"), "root", None)
    return (list(root.handlers), root.level) if root is not None else ([], 30)


def put_back(state):
    os.chdir(home["folder"])
    if dict(os.environ) != home["environment"]:
        os.environ.clear()
        os.environ.update(home["environment"])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    handlers, level = state
    root = getattr(sys.modules.get("logging"), "root", None)
    for handler in [one for one in log_state()[0] if one not in handlers]:
        root.removeHandler(handler)
        handler.close()
    if root is not None:
        root.setLevel(level)


def flush_files():
    """Nothing of a file may be missing when it is taken; one in a cycle of objects might be closed unwritten."""
    for one in gc.get_objects():
        if issubclass(type(one), io.IOBase) and not one.closed:
            one.flush()


def error_text(error, path):
    """The error and the line of the script where it came from; all of it goes to the log."""
    if isinstance(error, Failed):
        return str(error)
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == "<string>":
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)
    text = "".join(traceback.format_exception_only(type(error), error)).strip()
    lines = [line for frame, line in traceback.walk_tb(trace) if frame.f_code.co_filename == path]
    return f"{text[:2000]}\n  at {path}:{lines[-1]}" if lines else text[:2000]


def answer(request):
    log = os.open(request["job"]["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    try:
        with open("/proc/self/clear_refs", "w") as peak:
            peak.write("5")
    except OSError:
        pass
    started = sum(os.times()[:4])
    state = log_state()
    error = None
    try:
        run(request)
    except BaseException as raised:
        try:
            error = error_text(raised, request["script"])
        except OSError as full:
            error = f"{type(raised).__name__}: {raised} ({full})"
    try:
        put_back(state)
        flush_files()
        home["module"].__dict__.clear()
        gc.collect()
        # What is left belongs to modules: the next look need not go through it again.
        gc.freeze()
        sys.stdout.flush()
    except Exception as raised:
        error = error or f"{type(raised).__name__}: {raised}"
    return {"error": error, "cpu": round((sum(os.times()[:4]) - started) * 1000)}


def main():
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)
    for line in requests:
        told = answer(json.loads(line, object_hook=special))
        answers.write("braid:" + json.dumps(told) + "\n")
        answers.flush()


def special(record):
    """Numbers that JSON has no text for."""
    if len(record) == 1 and "$number" in record:
        text = record["$number"]
        return int(text) if text.lstrip("-").isdigit() else float(text)
    return record


main()
