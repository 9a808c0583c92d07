# Runs one R script for one job. R evaluates this from standard input; the values of the job and the text of the script
# follow there, as assignments to v1, v2 and so on. The script sees none of the names used here.

# Values come as Unicode, which R cannot use as paths in the C locale that many clusters have.
if (!l10n_info()[["UTF-8"]])
  for (locale in c("C.UTF-8", "en_US.UTF-8"))
    if (suppressWarnings(Sys.setlocale("LC_CTYPE", locale)) != "") break

.braid <- list(
  record = function(names, ...) {
    values <- list(...)
    names(values) <- names
    values
  },

  # By place and by name, as in Snakemake.
  items = function(named) c(unname(named), named),
  files = function(shape) {
    paths <- as.list(unlist(shape, use.names = FALSE))
    if (is.null(names(shape))) paths else c(paths, shape)
  },

  # Makes `snakemake` and `braid`, two names of one object.
  define = function(job) {
    names <- c("rule", "input", "output", "params", "wildcards", "resources", "threads", "attempt", "log", "config")
    slots <- structure(rep("ANY", length(names) + 2), names = c(names, "scriptdir", "source"))
    setClass("Snakemake", slots = slots, where = globalenv())
    setMethod("$", "Snakemake", function(x, name) slot(x, name), where = globalenv())
    absent <- function(...) stop("the job has no config: pass it as a param, `params: { config }`", call. = FALSE)
    for (access in c("$", "[[", "[")) registerS3method(access, "braid_absent", absent, envir = baseenv())
    if (is.null(job$config)) job$config <- structure(list(), class = "braid_absent")
    job$source <- function(...) {
      folder <- setwd(job$scriptdir)
      on.exit(setwd(folder))
      source(...)
    }
    object <- do.call(new, c(list("Snakemake"), job))
    assign("snakemake", object, envir = globalenv())
    assign("braid", object, envir = globalenv())
  },

  # Runs the script as `source` does. The process ends with code 1 if it fails; its error is then the last thing in the log.
  run = function(job, path, lines) {
    own <- .braid
    # R evaluates arguments late, when the names in them would be gone.
    force(job)
    force(path)
    force(lines)
    rm(list = ls(globalenv(), all.names = TRUE), envir = globalenv())
    options(keep.source = TRUE, warn = 1)
    statement <- c(0L, 0L)
    inner <- integer()
    lines_of <- function(calls) {
      refs <- lapply(calls, attr, "srcref")
      refs <- Filter(function(ref) identical(attr(ref, "srcfile")$filename, path), refs)
      vapply(refs, function(ref) ref[[1]], 1L)
    }
    execute <- function() {
      script <- parse(text = lines, srcfile = srcfilecopy(path, lines), keep.source = TRUE, encoding = "UTF-8")
      for (i in seq_along(script)) {
        statement <<- attr(script, "srcref")[[i]][c(1, 3)]
        inner <<- integer()
        shown <- withVisible(eval(script[[i]], globalenv()))
        if (shown$visible) print(shown$value)
      }
    }
    note <- function(error) inner <<- rev(unique(lines_of(sys.calls())))
    own$define(job)
    # Unwinds first, so that what the script left to `on.exit` and `finally` is done.
    failure <- tryCatch({ withCallingHandlers(execute(), error = note); NULL }, error = identity)
    if (is.null(failure)) return(invisible())
    closeAllConnections()
    call <- deparse(conditionCall(failure), nlines = 1L)[[1]]
    where <- if (call == "NULL" || startsWith(call, "eval(script[[i]]") || startsWith(call, "parse(text = lines")) ""
      else paste(" in", call)
    # R knows no lines of a loop outside of functions: its first and last are named.
    outer <- if (!any(inner >= statement[[1]] & inner <= statement[[2]])) paste(unique(statement), collapse = "-")
    at <- c(utils::head(inner, 3), if (statement[[1]] > 0) outer)
    places <- if (length(at)) paste0("\n  at ", path, ":", at, collapse = "") else ""
    cat("Error", where, ": ", conditionMessage(failure), places, "\n", sep = "", file = stderr())
    quit("no", status = 1)
  }
)
