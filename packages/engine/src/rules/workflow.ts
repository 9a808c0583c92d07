/**
 * A workflow: its config, the one asynchronous step before planning, and its rules. Also applies options for resources to all
 * its rules, and warns of outputs that are the same file on some file systems.
 */
import type { z } from "zod";
import { closest } from "../closest.ts";
import { cannot } from "../errors.ts";
import type { Constraints } from "../patterns/pattern.ts";
import { checkKeys } from "./check-rule.ts";
import { findNonFile } from "./function-results.ts";
import { type AnyRule, type Rules, variantOf } from "./rule.ts";
import { listFiles } from "./ruleset.ts";
import type { Hooks, Settings } from "./settings.ts";
import { demandOf, type Resources } from "./units.ts";

/** What a run wants to know of the machine it is on, once for all its workers. */
export interface Decision<Resolved> {
  /** Takes the resolved config's place: of the rules made from it, bodies, untracked params, resources and batch may differ. */
  readonly resolved: Resolved;
  /** A sentence each, printed when the run starts and kept in the journal. */
  readonly said: readonly string[];
  /** The resources that all running jobs share, unless `--resources` sets them. */
  readonly resources?: Readonly<Record<string, number>>;
}

/** What is about to run. */
export interface RunAhead {
  /** Jobs of each rule. */
  readonly jobs: ReadonlyMap<string, number>;
  /** Bodies run on other machines than this one. */
  readonly remote: boolean;
}

/** What `workflow()` returns; the types of config and rules no longer matter to who runs it. */
export interface Workflow {
  readonly kind: "workflow";
  readonly config: z.ZodType | undefined;
  /** The dotted path of the config whose leaves are options without that prefix. */
  readonly scope: ((config: unknown) => string | undefined) | undefined;
  resolve(config: unknown): Promise<unknown>;
  /** See `WorkflowDefinition`; undefined where there is nothing to decide. */
  readonly decide: ((resolved: unknown, ahead: RunAhead) => Promise<Decision<unknown> | null>) | undefined;
  /** Pure and synchronous: worker threads call it again on the same resolved config. */
  rules(resolved: unknown): Rules;
  readonly settings: Settings;
  /** Targets that --help lists, with a sentence each. */
  readonly targets: Readonly<Record<string, string>> | undefined;
  /** What the command `results` prints; undefined where the workflow does not say. */
  readonly results:
    | ((resolved: unknown, words: readonly string[], typed: Typed) => string | Promise<string>)
    | undefined;
}

/** What was typed, and from where: so that `results` names paths and commands that work for the user as they stand. */
export interface Typed {
  /** A path of the working folder as it is seen from where the command was typed. */
  shown(path: string): string;
  /** The run of these options: the command as typed, without the word `results`. */
  readonly run: string;
  /** The command that makes a target with the same config and working folder: the next step for the user. */
  make(target: string): string;
  /** Breaks lines between words where they are wider than the terminal; in a pipe, leaves them as they are. */
  fold(text: string): string;
}

export interface WorkflowDefinition<Schema extends z.ZodType, Resolved, All extends Rules = Rules> {
  /** A zod schema, best strict; each leaf is also a command line option: `--training.epochs 20`. */
  readonly config?: Schema;
  /** Names the part of the config whose leaves are options without their prefix, e.g. `experiments.expA`. */
  readonly scope?: (config: z.output<Schema>) => string | undefined;
  /** The one asynchronous step before planning, e.g. `sites: all` becomes the list; plain data comes out. */
  readonly resolve?: (config: z.output<Schema>) => Resolved | Promise<Resolved>;
  /**
   * Decides, once per run, what only the machine can say: which GPU answers, for instance. Called when jobs are
   * about to run, never by a plan or dry run; null leaves all as it is. What it throws ends the run.
   */
  readonly decide?: (
    resolved: NoInfer<Resolved>,
    ahead: RunAhead,
  ) => Decision<NoInfer<Resolved>> | null | Promise<Decision<NoInfer<Resolved>> | null>;
  /** The rules by name; the first is the default target. */
  readonly rules: All | ((resolved: Resolved) => All);
  /** The rule that is asked for where the user names no target; else the first. */
  readonly defaultTarget?: NoInfer<keyof All & string>;
  /** The targets that --help lists, with a sentence each: `{ report: "Write a page about the scores" }`. */
  readonly targets?: { readonly [Name in NoInfer<keyof All & string>]?: string };
  /** Lists of rules: of several that can make a file, the one named first makes it. */
  readonly ruleOrder?: readonly (readonly NoInfer<keyof All & string>[])[];
  /** Regular expressions of wildcards, by name, for rules that say nothing else. */
  readonly constraints?: Constraints;
  readonly onStart?: Hooks["onStart"];
  readonly onSuccess?: Hooks["onSuccess"];
  readonly onError?: Hooks["onError"];
  /** What the command `results` prints, called in the working folder with the words that follow the command. */
  readonly results?: (resolved: Resolved, words: readonly string[], typed: Typed) => string | Promise<string>;
}

/** A record, so that the compiler misses none. */
const workflowKeys: Readonly<Record<keyof WorkflowDefinition<z.ZodType, unknown>, true>> = {
  config: true,
  scope: true,
  resolve: true,
  decide: true,
  rules: true,
  defaultTarget: true,
  targets: true,
  ruleOrder: true,
  constraints: true,
  onStart: true,
  onSuccess: true,
  onError: true,
  results: true,
};

/** Declares a workflow; the default export of a workflow file. */
export function workflow<
  Schema extends z.ZodType = z.ZodType,
  Resolved = z.output<Schema>,
  All extends Rules = Rules,
>(definition: WorkflowDefinition<Schema, Resolved, All>): Workflow {
  checkKeys(Object.keys(definition), Object.keys(workflowKeys), (cause, details) =>
    cannot("read the workflow", "", cause, details),
  );
  const { config, scope, resolve, decide, rules, results, targets, onStart, onSuccess, onError, ...others } =
    definition;
  const { defaultTarget, ruleOrder, constraints } = others;
  const given = { onStart, onSuccess, onError };
  const hooks = Object.fromEntries(Object.entries(given).filter(([, hook]) => hook !== undefined));
  return {
    kind: "workflow",
    config,
    scope: scope as Workflow["scope"],
    resolve: async (value) => (resolve === undefined ? value : resolve(value as z.output<Schema>)),
    decide: decide === undefined ? undefined : async (resolved, ahead) => decide(resolved as Resolved, ahead),
    rules: (resolved) => (typeof rules === "function" ? rules(resolved as Resolved) : rules),
    settings: {
      hooks,
      ...(defaultTarget === undefined ? {} : { defaultTarget }),
      ...(ruleOrder === undefined ? {} : { ruleOrder }),
      ...(constraints === undefined ? {} : { constraints }),
    },
    targets: targets as Workflow["targets"],
    results: results as Workflow["results"],
  };
}

/** Imports a workflow file; its default export must be what `workflow()` returned. */
export async function importWorkflow(url: string): Promise<Workflow> {
  const module = (await import(url)) as { default?: Partial<Workflow> };
  if (module.default?.kind !== "workflow")
    throw cannot("read the workflow", url, "it has no default export made by workflow()", {
      hint: "End the file with: export default workflow({ rules: { ... } });",
    });
  return module.default as Workflow;
}

/** A warning for each output whose path differs from another's only in case or Unicode form. */
export function similarOutputs(rules: Rules): string[] {
  const known = new Map<string, { readonly path: string; readonly rule: string }>();
  const warnings: string[] = [];
  for (const [rule, spec] of Object.entries(rules)) {
    // Values that are not rules are refused elsewhere.
    if (findNonFile(spec?.output) !== null) continue;
    for (const file of listFiles(spec.output)) {
      const pattern = typeof file === "object" && file.kind === "expanded" ? "" : String(file);
      // The names of wildcards do not matter for the paths.
      const path = pattern.replace(/\{[^{}]*\}/g, "{}");
      const folded = path.normalize("NFC").toLowerCase();
      const other = known.get(folded);
      if (other === undefined) known.set(folded, { path, rule });
      else if (other.path !== path)
        warnings.push(
          `The outputs "${other.path}" of ${other.rule} and "${path}" of ${rule} differ only in ` +
            (other.path.normalize("NFC") === path.normalize("NFC")
              ? "the Unicode form of their letters: on file systems that do not distinguish these (macOS) they are one file."
              : "upper and lower case: on file systems that ignore case (macOS, Windows) they are one file."),
        );
    }
  }
  return warnings;
}

export interface Amounts {
  /** For rules that do not set the amount. */
  readonly defaults: Resources;
  /** By rule; these override the rule's own amounts. */
  readonly ofRules: ReadonlyMap<string, Resources>;
}

/** Returns the rules with these amounts. Amounts do not make jobs out of date. */
export function withAmounts(rules: Rules, { defaults, ofRules }: Amounts): Rules {
  for (const name of ofRules.keys())
    if (rules[name] === undefined) throw unknownRule(name, Object.keys(rules));
  if (ofRules.size === 0 && Object.keys(defaults).length === 0) return rules;
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]): [string, AnyRule] => {
      const { resources } = rule;
      const all = (own: Resources): Resources => ({ ...defaults, ...own, ...ofRules.get(name) });
      const own = demandOf(name, resources);
      const combined = typeof own === "function" ? (job: object) => all(own(job)) : all(own);
      return [name, variantOf(rule, { resources: combined })];
    }),
  );
}

function unknownRule(name: string, names: readonly string[]): Error {
  const near = closest(name, names);
  return cannot("set the resources of the rule", name, "there is no such rule", {
    facts: [["rules", names.slice(0, 20).join(", ")]],
    ...(near === undefined ? {} : { hint: `Did you mean "${near}"?` }),
  });
}
