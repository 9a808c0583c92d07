/**
 * Where results come from, as an RO-Crate (https://w3id.org/ro/crate/1.2): every file with its checksum, the data
 * they were made of, and what made them.
 */
import type { Software } from "./software.ts";

/** A file by its name in the crate. */
export interface FileRecord {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface CrateSource {
  readonly name: string;
  readonly description: string;
  /** ISO date. */
  readonly date: string;
  /** In the crate's folder, paths relative to it. */
  readonly results: readonly FileRecord[];
  /** What they were made of: named, not contained. */
  readonly data: readonly FileRecord[];
  readonly software: Software;
  readonly backends: readonly string[];
  readonly models: number;
}

/** The metadata file of the crate, as JSON-LD. */
export function crate({
  name,
  description,
  date,
  results,
  data,
  software,
  backends,
  models,
}: CrateSource): object {
  const ref = (id: string) => ({ "@id": id });
  // Ids are references: a blank or a percent sign in a name would end them.
  const dataId = ({ path }: FileRecord) => `#data-${encodeURI(path)}`;
  const fileId = (path: string) => encodeURI(path);
  const property = (name: string, value: string | number) => ({ "@type": "PropertyValue", name, value });
  return {
    "@context": "https://w3id.org/ro/crate/1.2/context",
    "@graph": [
      {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        conformsTo: ref("https://w3id.org/ro/crate/1.2"),
        about: ref("./"),
      },
      {
        "@id": "./",
        "@type": "Dataset",
        name,
        description,
        datePublished: date,
        license: ref("#license"),
        hasPart: results.map(({ path }) => ref(fileId(path))),
        mentions: ref("#comparison"),
      },
      {
        "@id": "#license",
        "@type": "CreativeWork",
        name: "No license stated",
        description: "Whoever publishes these results states under which terms.",
      },
      ...results.map(({ path, bytes, sha256 }) => ({
        "@id": fileId(path),
        "@type": "File",
        name: path,
        contentSize: String(bytes),
        sha256,
        encodingFormat: mediaType(path),
      })),
      ...data.map((file) => ({
        "@id": dataId(file),
        "@type": "CreativeWork",
        name: file.path,
        description: "Input of the experiment; not part of the crate.",
        contentSize: String(file.bytes),
        sha256: file.sha256,
      })),
      {
        "@id": "#braid",
        "@type": "SoftwareApplication",
        name: "Braid",
        version: software.packages["braid-engine"] ?? "unknown",
        softwareRequirements: `Node.js ${software.platform}`,
        identifier: software.commit === null ? "no Git checkout" : `git:${software.commit}`,
        hasPart: Object.keys(software.packages).map((one) => ref(`#${one}`)),
      },
      ...Object.entries(software.packages).map(([one, version]) => ({
        "@id": `#${one}`,
        "@type": "SoftwareApplication",
        name: one,
        version,
      })),
      {
        "@id": "#comparison",
        "@type": "CreateAction",
        name: `Training and comparison of ${models} models`,
        instrument: ref("#braid"),
        object: data.map((file) => ref(dataId(file))),
        result: results.map(({ path }) => ref(fileId(path))),
        additionalProperty: [...backends.map((backend) => ref(`#backend-${backend}`)), ref("#models")],
      },
      ...backends.map((backend) => ({ "@id": `#backend-${backend}`, ...property("backend", backend) })),
      { "@id": "#models", ...property("models", models) },
    ],
  };
}

function mediaType(path: string): string {
  const types: Readonly<Record<string, string>> = {
    csv: "text/csv",
    md: "text/markdown",
    json: "application/json",
  };
  return types[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}
