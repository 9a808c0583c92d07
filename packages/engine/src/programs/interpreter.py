"""Runs Python scripts for the engine that started it: a job a line in, how it ended a line out.

Each script has a process of its own, a copy of this one: it begins with what was imported here and nothing else, and
ends as any Python does. What scripts import from the installation is then imported here, for the copies to come; their
own modules never are, and no code of theirs runs here.
"""
import sys

# Python has this already when a script begins; all else a script may have a file of its own for.
at_start = set(sys.modules)
# The working folder is where `-c` would look first: no code of it is to run here.
sys.path[:] = [folder for folder in sys.path if folder != ""]

import base64
import importlib
import importlib.util
import json
import os
import select
import signal
import tempfile
import time
import traceback
import types


class Server:
    def __init__(self):
        self.answers = os.dup(1)
        self.requests = os.dup(0)
        self.unread = b""
        self.codes = {}
        self.refused = set()
        # Scripts for Snakemake 8 may import the job; where Snakemake is installed, that is its own.
        self.stands_in = importlib.util.find_spec("snakemake") is None
        self.own_path = [os.path.join(os.path.abspath(folder), "") for folder in sys.path]
        self.nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(self.nothing, 0)
        # The end of a copy wakes the loop that waits for it or for the engine.
        self.wake, waker = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(waker, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        # A script that is asked to end may clean up after itself, and is waited for.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def next_request(self):
        """The next line; None when the engine is gone."""
        while b"\n" not in self.unread:
            more = os.read(self.requests, 1 << 16)
            if more == b"":
                return None
            self.unread += more
        line, self.unread = self.unread.split(b"\n", 1)
        return json.loads(line, object_hook=special)

    def answer(self, told):
        text = ("braid:" + json.dumps(told) + "\n").encode()
        while text:
            text = text[os.write(self.answers, text) :]

    def serve(self, request):
        """Lets a copy run the script, and gives how that ended; the copy leaves by an exception."""
        if "source" in request:
            self.codes[request["id"]] = code_of(request)
        log = os.open(request["job"]["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        self.print_to(log)
        os.close(log)
        with tempfile.TemporaryFile() as told:
            child = os.fork()
            if child == 0:
                self.leave()
                run(request, self.codes[request["id"]], told.fileno(), self)
            status, usage = self.wait_for(child)
            told.seek(0)
            said = json.loads(told.read() or b"{}")
        # What imports print belongs to no job.
        self.print_to(self.nothing)
        self.wanted = said.get("modules", ())
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        cpu = round((usage.ru_utime + usage.ru_stime) * 1000)
        return {**how_it_ended(status, said.get("error")), "cpu": cpu, "memory": peak}

    def keep(self):
        """Imports what the last script did: the next copies have it."""
        for name in self.wanted:
            if name in self.refused:
                continue
            try:
                importlib.import_module(name)
            except BaseException:
                # Copies import it themselves, and say what is wrong.
                self.refused.add(name)

    def print_to(self, file):
        os.dup2(file, 1)
        os.dup2(file, 2)

    def leave(self):
        """A copy has no business with the engine."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(self.answers)
        os.close(self.requests)

    def wait_for(self, child):
        while True:
            ended, status, usage = os.wait4(child, os.WNOHANG)
            if ended == child:
                return status, usage
            ready, _, _ = select.select([self.wake, self.requests], [], [])
            if self.wake in ready:
                os.read(self.wake, 4096)
            if self.requests in ready:
                more = os.read(self.requests, 1 << 16)
                self.unread += more
                if more == b"":
                    # The engine is gone, and nobody wants what is made.
                    os.killpg(0, signal.SIGTERM)
                    time.sleep(3)
                    os.killpg(0, signal.SIGKILL)


def code_of(request):
    """Compiled for all copies; what does not compile is for each to fail with."""
    source = base64.b64decode(request["source"])
    try:
        return compile(source, request["script"], "exec")
    except (SyntaxError, ValueError):
        return source


def how_it_ended(status, error):
    """The engine has the words for what a code or a signal means."""
    if os.WIFSIGNALED(status):
        return {"error": None, "code": None, "signal": os.WTERMSIG(status)}
    code = os.WEXITSTATUS(status)
    return {"error": None if code == 0 else error, "code": code, "signal": None}


def run(request, code, told, server):
    """In a copy: runs the script as the main module, and ends the process as Python does."""
    job, path = request["job"], request["script"]
    sys.stdout.reconfigure(line_buffering=True)
    os.environ.update(request["environment"])
    for generator in ("numpy.random", "torch"):
        # Seeded when they were imported: copies would all draw the same numbers. Python's own sees to it itself.
        if generator in sys.modules:
            sys.modules[generator].seed()
    module = types.ModuleType("__main__")
    braid = Job(job)
    module.__dict__.update(__file__=path, braid=braid, snakemake=braid)
    sys.modules["__main__"] = module
    if server.stands_in:
        stand_in_for_snakemake(braid)
    sys.argv = [path]
    sys.path[:] = [job["folder"], *sys.path]
    tempfile.tempdir = None
    make_way(job["folder"])
    before = set(sys.modules)
    home = os.getpid()

    def tell(error=None):
        # Not what a copy that the script made of itself has to say.
        if os.getpid() == home:
            modules = list(installed_since(before, server.own_path, job["folder"]))
            os.pwrite(told, json.dumps({"modules": modules, "error": error}).encode(), 0)

    try:
        exec(code if isinstance(code, types.CodeType) else compile(code, path, "exec"), module.__dict__)
        tell()
    except SystemExit as end:
        tell(f"The script ended itself with {end.code!r}." if isinstance(end.code, str) else None)
        raise
    except BaseException as error:
        tell(error_text(error, path))
        sys.exit(1)
    sys.exit(0)


def make_way(folder):
    """A script's own file comes before a module of the same name that was imported for others."""
    own = {name.split(".")[0] for name in os.listdir(folder)} - at_start
    for name in [name for name in sys.modules if name.split(".")[0] in own]:
        del sys.modules[name]


def installed_since(before, own_path, folder):
    """Modules of the installation; those of scripts and their folders may be others for the next script."""
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        origin = getattr(spec, "origin", None) or ""
        if name in before or spec is None or spec.name != name:
            continue
        own = os.path.join(folder, "")
        # An environment may stand in the script's folder.
        if any(origin.startswith(one) and (one.startswith(own) or not origin.startswith(own)) for one in own_path):
            yield name


def stand_in_for_snakemake(job):
    package, script = types.ModuleType("snakemake"), types.ModuleType("snakemake.script")
    package.script, script.snakemake = script, job
    sys.modules.update({"snakemake": package, "snakemake.script": script})


def error_text(error, path):
    """The error and the line of the script where it came from; all of it goes to the log."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == "<string>":
        trace = trace.tb_next
    traceback.print_exception(type(error), error, trace)
    lines = [line for frame, line in traceback.walk_tb(trace) if frame.f_code.co_filename == path]
    text = "".join(traceback.format_exception_only(type(error), error)).strip()
    if isinstance(error, SyntaxError) and error.filename == path:
        lines, text = [error.lineno], f"{type(error).__name__}: {error.msg}"
    return f"{text[:2000]}\n  at {path}:{lines[-1]}" if lines else text[:2000]


def main():
    server = Server()
    request = server.next_request()
    while request is not None:
        server.answer(server.serve(request))
        server.keep()
        request = server.next_request()


main()
