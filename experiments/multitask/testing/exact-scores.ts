/**
 * For tests: computes the scores of metrics.ts, and PBIAS and FMS, from the decimal text of the values, with big integers. Written from the
 * definitions, independently of metrics.ts: sums, percentiles and comparisons with 0 are exact; square roots and logarithms
 * have 40 decimals.
 */

/** A number as a fraction; `d` is above 0. */
interface Exact {
  readonly n: bigint;
  readonly d: bigint;
}

const whole = (n: bigint | number): Exact => ({ n: BigInt(n), d: 1n });
const zero = whole(0);

/** Fractions are not reduced: the texts of a series share a denominator, so its sums are of whole numbers. */
function fraction(n: bigint, d: bigint): Exact {
  return d < 0n ? { n: -n, d: -d } : { n, d };
}

const plus = (a: Exact, b: Exact) =>
  a.d === b.d ? { n: a.n + b.n, d: a.d } : { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
const minus = (a: Exact, b: Exact) => plus(a, { n: -b.n, d: b.d });
const times = (a: Exact, b: Exact): Exact => ({ n: a.n * b.n, d: a.d * b.d });
const over = (a: Exact, b: Exact) => fraction(a.n * b.d, a.d * b.n);
const less = (a: Exact, b: Exact) => a.n * b.d < b.n * a.d;
const same = (a: Exact, b: Exact) => a.n * b.d === b.n * a.d;
const sum = (values: readonly Exact[]) => values.reduce(plus, zero);
const mean = (values: readonly Exact[]) => over(sum(values), whole(values.length));
const square = (a: Exact) => times(a, a);
const order = (a: Exact, b: Exact) => (less(a, b) ? -1 : same(a, b) ? 0 : 1);

/** Decimal texts as fractions of one denominator, a power of ten. */
function exactly(texts: readonly string[]): Exact[] {
  const parts = texts.map((text) => {
    const [, sign, before, after = "", power = "0"] = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text)!;
    const digits = BigInt(`${before}${after}` || "0") * (sign === "-" ? -1n : 1n);
    return { digits, decimals: after.length - Number(power) };
  });
  const most = parts.reduce((largest, { decimals }) => Math.max(largest, decimals), 0);
  return parts.map(({ digits, decimals }) => ({
    n: digits * 10n ** BigInt(most - decimals),
    d: 10n ** BigInt(most),
  }));
}

const one = 10n ** 40n;

/** The fraction with 40 decimals, then as a number. */
function toNumber({ n, d }: Exact): number {
  const negative = n < 0n;
  const size = (negative ? -n : n).toString().length - d.toString().length;
  const scale = BigInt(Math.max(0, 40 - size));
  const digits = ((negative ? -n : n) * 10n ** scale) / d;
  return Number(`${negative ? "-" : ""}${digits}e-${scale}`);
}

function root(value: Exact): Exact {
  // Newton's method on a whole number of some 80 digits.
  const scaled = (value.n * one * one) / value.d;
  if (scaled === 0n) return zero;
  let guess = 10n ** BigInt((scaled.toString().length + 1) >> 1);
  for (;;) {
    const next = (guess + scaled / guess) >> 1n;
    if (next >= guess) return fraction(guess, one);
    guess = next;
  }
}

/** ln of a positive fraction: halved or doubled to near 1, then 2 atanh((x - 1) / (x + 1)). */
function ln(value: Exact): Exact {
  let { n, d } = value;
  let halvings = 0n;
  for (; n > 2n * d; halvings++) d *= 2n;
  for (; 2n * n < d; halvings--) n *= 2n;
  return plus(nearOne({ n, d }), times(whole(halvings), nearOne(whole(2))));
}

function nearOne({ n, d }: Exact): Exact {
  const digits = one * one;
  const ratio = ((n - d) * digits) / (n + d);
  let total = 0n;
  let power = ratio;
  for (let k = 1n; power !== 0n; k += 2n) {
    total += power / k;
    power = (((power * ratio) / digits) * ratio) / digits;
  }
  return { n: 2n * total, d: digits };
}

const roundHalfUp = (numerator: number, denominator: number) =>
  Math.floor((2 * numerator + denominator) / (2 * denominator));

/** The scores of values in decimal text, null if they are not defined. */
export function exactScores(
  oText: readonly string[],
  pText: readonly string[],
  epsilonText: string,
): Record<string, number | null> {
  const N = oText.length;
  const all = exactly([...oText, ...pText, epsilonText]);
  const [o, p, epsilon] = [all.slice(0, N), all.slice(N, 2 * N), all[2 * N]!];
  if (N < 11) return {};
  const pairs = o.map((value, i) => [value, p[i]!] as const);
  const spread = (values: readonly Exact[]) => {
    const middle = mean(values);
    return sum(values.map((value) => square(minus(value, middle))));
  };
  const errors = (of: readonly (readonly [Exact, Exact])[]) => sum(of.map(([a, b]) => square(minus(b, a))));
  const rmse = (of: typeof pairs) =>
    of.length === 0 ? null : toNumber(root(over(errors(of), whole(of.length))));
  const bias = (of: typeof pairs) =>
    of.length === 0 ? null : toNumber(over(sum(of.map(([a, b]) => minus(b, a))), whole(of.length)));
  const nse = (a: readonly Exact[], b: readonly Exact[]) => {
    const below = spread(a);
    const above = errors(a.map((value, i) => [value, b[i]!] as const));
    return below.n === 0n ? null : toNumber(minus(whole(1), over(above, below)));
  };
  const sorted = o.toSorted(order);
  const percentile = (percent: number) => {
    const [at, rest] = [Math.floor((percent * (N - 1)) / 100), (percent * (N - 1)) % 100];
    const next = sorted[at + 1] ?? sorted[at]!;
    return plus(sorted[at]!, times(minus(next, sorted[at]!), fraction(BigInt(rest), 100n)));
  };
  const [p90, p10] = [percentile(90), percentile(10)];
  const top = pairs.filter(([value]) => less(p90, value));
  const bottom = pairs.filter(([value]) => less(value, p10));
  const [oSpread, pSpread] = [spread(o), spread(p)];
  const [oMean, pMean] = [mean(o), mean(p)];
  const joint = sum(pairs.map(([a, b]) => times(minus(a, oMean), minus(b, pMean))));
  const r =
    oSpread.n === 0n || pSpread.n === 0n ? null : toNumber(over(joint, times(root(oSpread), root(pSpread))));
  const alpha = oSpread.n === 0n ? null : toNumber(root(over(pSpread, oSpread)));
  const beta = sum(o).n === 0n ? null : toNumber(over(sum(p), sum(o)));
  const clipped = p.map((value) => (value.n < 0n ? zero : value));
  const high = (values: readonly Exact[]) => {
    const days = roundHalfUp(2 * N, 100);
    return sum(values.toSorted(order).slice(N - days));
  };
  const lowDays = roundHalfUp(3 * N, 10);
  const low = (values: readonly Exact[]) => {
    const flows = values.toSorted(order).slice(0, lowDays);
    return sum(flows.map((flow) => ln(over(plus(flow, epsilon), plus(flows[0]!, epsilon)))));
  };
  const isPositive = epsilon.n > 0n && plus(sorted[0]!, epsilon).n > 0n;
  const hundredfold = (above: Exact, below: Exact) =>
    below.n === 0n ? null : toNumber(over(times(whole(100), above), below));
  const O = isPositive ? low(o) : zero;
  const middle = (values: readonly Exact[]) => {
    const falling = values.toSorted(order).reverse();
    const [q20, q70] = [2, 7].map((tenths) => plus(falling[roundHalfUp(tenths * N, 10)]!, epsilon));
    return epsilon.n > 0n && q70!.n > 0n ? ln(over(q20!, q70!)) : zero;
  };
  const M = middle(o);
  return {
    rmse: rmse(pairs),
    nse: nse(o, p),
    r,
    alpha,
    beta,
    kge:
      r === null || alpha === null || beta === null
        ? null
        : 1 - Math.sqrt((r - 1) ** 2 + (alpha - 1) ** 2 + (beta - 1) ** 2),
    mean_bias: bias(pairs),
    n_top: top.length,
    rmse_top: rmse(top),
    bias_top: bias(top),
    n_bottom: bottom.length,
    rmse_bottom: rmse(bottom),
    bias_bottom: bias(bottom),
    fhv: roundHalfUp(2 * N, 100) === 0 ? null : hundredfold(minus(high(clipped), high(o)), high(o)),
    flv: O.n === 0n ? null : hundredfold(minus(O, low(clipped)), O),
    log_nse: isPositive
      ? nse(
          o.map((value) => ln(plus(value, epsilon))),
          clipped.map((value) => ln(plus(value, epsilon))),
        )
      : null,
    pbias: hundredfold(minus(sum(p), sum(o)), sum(o)),
    fms: M.n === 0n ? null : hundredfold(minus(middle(clipped), M), M),
    n_negative: p.filter((value) => value.n < 0n).length,
  };
}
