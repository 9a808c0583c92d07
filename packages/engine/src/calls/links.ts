/**
 * Links among the outputs of a job, before these are put in place: a link that is right in staging is aimed at the
 * same file from its final place, one that a body has written for its final place stays as it is.
 */
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path/posix";
import type { FileStat, FileSystem } from "../disk/files.ts";
import { cannot } from "../errors.ts";

/** An output that was written: the file or folder itself, where the output is a link to it. */
export interface Found extends FileStat {
  readonly at: string;
  /** The output, if it is a link, or the links in it. */
  readonly links?: readonly OutputLink[];
}

/** A link among the outputs. */
export interface OutputLink {
  /** Its final path. */
  readonly path: string;
  /** The absolute path that it will lead to from there. */
  readonly to: string;
}

/**
 * What stands at the `written` paths of a job's outputs, null for nothing; links are aimed anew. Costs one look at
 * each output, and the listing of each folder. Throws where an output points nowhere, or at what goes with staging.
 */
export function findOutputs(
  files: FileSystem,
  staging: string,
  written: readonly string[],
  outputs: readonly string[],
): (Found | null)[] {
  const stats = written.map((path) => files.linkStat(path));
  if (stats.every((stat) => stat !== null && !stat.link && !stat.directory))
    return stats.map((stat, i) => ({ at: written[i]!, ...stat! }));

  const inside = written.map((path) => path.slice(staging.length + 1));

  /** The final path of a file staged at `path`, and whose output it is; undefined for a path outside staging. */
  function finalPath(
    path: string,
    output: string,
  ): { readonly path: string; readonly of: string } | undefined {
    const roots = [files.physical(staging), resolve(files.real(staging))];
    const root = roots.find((one) => path.startsWith(`${one}/`));
    if (root === undefined) return undefined;
    const rest = path.slice(root.length + 1);
    const i = inside.findIndex((own) => rest === own || rest.startsWith(`${own}/`));
    if (i >= 0) {
      const of = outputs[i]!;
      return { path: resolve(files.real(of)) + rest.slice(inside[i]!.length), of };
    }
    throw cannot("keep", output, "it is a link to a file in staging that is not an output of the job", {
      facts: [["link to", path]],
      hint: "Only outputs are kept: link to an output, or to a file outside staging.",
    });
  }

  /** Aims the link at `from` for its final place `to`; returns what it stands for, null where that is nothing. */
  function aim(from: string, to: string, output: string): string | null {
    const text = files.readLink(from);
    const at = isAbsolute(text) ? text : join(files.physical(dirname(from)), text);
    if (files.stat(at) === null) {
      const later = join(existing(dirname(to)), text);
      return !isAbsolute(text) && files.stat(later) !== null ? later : null;
    }
    const final = finalPath(at, output);
    if (isAbsolute(text)) {
      if (final !== undefined) files.writeLink(from, final.path);
    } else if (final?.of !== output) {
      // Inside one output both ends move together. Elsewhere, the folders of the two ends may be reached by links.
      const end = final === undefined ? at : join(existing(dirname(final.path)), basename(final.path));
      files.writeLink(from, relative(existing(dirname(to)), end));
    }
    return at;
  }

  /** Where a link that is aimed will lead. */
  function aimed(from: string, path: string): OutputLink {
    return { path, to: resolve(existing(dirname(path)), files.readLink(from)) };
  }

  /** The path without links of a folder that need not stand yet. */
  function existing(folder: string): string {
    if (files.stat(folder) !== null) return files.physical(folder);
    return join(existing(dirname(folder)), basename(folder));
  }

  return stats.map((stat, i): Found | null => {
    const [from, path] = [written[i]!, outputs[i]!];
    // What an engine that died had put in place already.
    if (stat === null || from === path) return stat === null ? null : { at: from, ...stat };
    if (!stat.link) {
      if (!stat.directory) return { at: from, ...stat };
      const links = files.links(from).map((link) => {
        aim(`${from}/${link}`, `${path}/${link}`, path);
        return aimed(`${from}/${link}`, `${path}/${link}`);
      });
      return { at: from, ...stat, links };
    }
    const text = files.readLink(from);
    const at = aim(from, path, path);
    if (at === null)
      throw cannot("keep", path, "it is a link that points nowhere", {
        facts: [["link to", text]],
        hint: "Link to a file that exists: `ln -sr {input} {output}`.",
      });
    return { at, ...files.stat(at)!, links: [aimed(from, path)] };
  });
}
