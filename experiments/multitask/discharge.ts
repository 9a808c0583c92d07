/** Which variables are discharge: they get the scores that need a true zero, and their logarithm can be learnt. */
import { isDischarge } from "@braid/data/check";
import { cannot } from "braid-engine";

/**
 * The discharge among `variables`: what the config names, else what its name or unit says (discharge..., flow, q_mm_d,
 * abfluss_m3s). The scores are ratios, so any unit does, also mm a day.
 * @throws if the config names what is not predicted.
 */
export function dischargeAmong(
  variables: readonly string[],
  given: string | readonly string[] | undefined,
): readonly string[] {
  if (given === undefined)
    return variables.filter(
      (variable) =>
        (variable.startsWith("discharge") && !ofDischarge.test(variable)) || isDischarge(variable),
    );
  const named = [given].flat();
  const foreign = named.find((variable) => !variables.includes(variable));
  if (foreign === undefined) return named;
  throw cannot("use as discharge", foreign, "the experiment does not predict it", {
    facts: [["it predicts", variables.join(", ")]],
  });
}

/** Names of what is measured or said of discharge: its temperature, its codes. */
const ofDischarge = /_(temp|temperature|flag|code|cd|quality|c|degc|degf|k|percent|pct|mg_l)(_|$)/i;

/** What readers are told if none of `variables` is discharge. */
export function noDischarge(variables: readonly string[]): string {
  return `KGE, FHV, FLV and log-NSE are left empty: ${variables.length === 1 ? `${variables[0]} was not` : `none of ${variables.join(", ")} was`} recognised as discharge. If one is discharge, name it in the config: discharge: COLUMN`;
}

/**
 * The variable that classes months and days by flow where the primary, the first of `variables`, is not discharge: undefined if it
 * is, since it then classes itself; null if the experiment predicts no discharge.
 */
export function flowBeside(
  variables: readonly string[],
  discharge: readonly string[],
): string | null | undefined {
  return discharge.includes(variables[0]!) ? undefined : (discharge[0] ?? null);
}
