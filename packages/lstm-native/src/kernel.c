/*
 * The kernel of the native backend: forward, back through time and Adam of one small LSTM in float32, with vectors
 * as wide as the processor has them. It does what ../wasm/assembly does, laid out otherwise: a vector holds the sums of
 * neighbouring units and gates, all four gates of a row side by side. ../memory-kernel.ts drives both.
 *
 * U is H rounded up to 4; units beyond H have weights of 0 and stay 0. A row is one sequence at one step, in the order
 * step, sequence. A column is what a unit sees: U states, I drivers, a 1. All sizes and places are in floats.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__AVX512F__)
#define W 16
#define ROWS 4
#elif defined(__AVX__)
#define W 8
#define ROWS 2
#else
#define W 4
#define ROWS 2
#endif
/* Vectors of a tile; a tile's sums, ROWS x VECTORS, stay in registers. */
#define VECTORS 5

typedef float vec __attribute__((vector_size(4 * W), aligned(4), may_alias));
typedef int32_t mask __attribute__((vector_size(4 * W), aligned(4), may_alias));
typedef float quad __attribute__((vector_size(16), aligned(4), may_alias));

#define INLINE static inline __attribute__((always_inline))
#define EXPORT __attribute__((visibility("default")))
#define UNROLL _Pragma("GCC unroll 16")

typedef struct {
  float *memory;
  int64_t I, U, V, G, columns, bias, inputStride, B, T, rows, plane, wide;
  /* Parameters, gradient, moments: kernel [columns][4 gates][U], heads [V][U], head biases [V]. */
  int64_t parameters, gradient, firstMoments, secondMoments, parameterCount, heads, headBiases;
  /* [G]: what a gate's sum is multiplied by, and what is added after: a = s tanh(s z) + o. */
  int64_t scales, offsets;
  /* The recurrent kernel and the heads times their terms, transposed: [G + V][wide]. */
  int64_t transposed;
  /* [2][V]: what errors are multiplied by on their way into the LSTM, and for the heads' own gradient. */
  int64_t terms;
  /* [B][U] and, a row as wide as whole vectors, [B][wide]. */
  int64_t cellGradients, stateGradients;
  /* [T + 1][B][inputStride]; [T][B][G]; [T + 1][B][U]; [T][B][U]; planes [V][rows]. */
  int64_t inputs, gates, cells, tanhCells, targets, weights, errors;
  /* What the heads see, a row each: the states, or with dropout [T][B][U] the states times factors [T][B][U]. */
  int64_t outputs, outputStride, factors, dropout;
  int64_t modelEnd, end;
} kernel;

INLINE vec splat(float value) { return value - (vec){0}; }
INLINE vec load(const float *from) { return *(const vec *)from; }
INLINE void store(float *to, vec value) { *(vec *)to = value; }
INLINE vec choose(mask which, vec a, vec b) { return (vec)(((mask)a & which) | ((mask)b & ~which)); }

/* tanh x = x P(x^2) / Q(x^2), within 5e-7 of true and never beyond +-1; a NaN goes through. ../wasm/assembly/simd.ts */
INLINE vec tanhOf(vec z) {
  const vec end = splat(7.9f);
  vec x = choose(z > end, end, z);
  x = choose(x < -end, -end, x);
  const vec s = x * x;
  vec p = s * splat(1.153192440371925e-5f) + splat(2.960485386847316e-3f);
  p = s * p + splat(0.12934430884557258f);
  p = s * p + splat(0.9999998702044741f);
  vec q = s * splat(2.492566528086027e-7f) + splat(2.4001349138191248e-4f);
  q = s * q + splat(2.3854138192531245e-2f);
  q = s * q + splat(0.4626765794562025f);
  q = s * q + splat(1);
  return x * p / q;
}

static int64_t place(kernel *k, int64_t floats) {
  const int64_t at = (k->end + 15) & ~(int64_t)15;
  k->end = at + floats;
  return at;
}

/* Takes as much memory as was placed, a vector more for what reads beyond an end; keeps what the model has. */
static int reserve(kernel *k, int64_t keep) {
  void *memory = NULL;
  const size_t bytes = 4 * ((size_t)k->end + 64);
  if (bytes > (size_t)64 << 30 || posix_memalign(&memory, 64, bytes) != 0) return 0;
  memset(memory, 0, bytes);
  if (keep > 0) memcpy(memory, k->memory, 4 * (size_t)keep);
  free(k->memory);
  k->memory = memory;
  return 1;
}

EXPORT kernel *kernel_open(void) { return calloc(1, sizeof(kernel)); }

EXPORT void kernel_close(kernel *k) {
  free(k->memory);
  free(k);
}

/* More units, more drivers or outputs, or more rows than these need more than 64 GB; less does not overflow. */
enum { mostUnits = 1 << 16, mostColumns = 1 << 24, mostRows = 1 << 30 };

/* Lays out a model, all zeros; 0 when memory runs out. Any minibatch is gone. */
EXPORT int kernel_configure(kernel *k, int inputs, int hidden, int outputs) {
  if (hidden > mostUnits || inputs > mostColumns || outputs > mostColumns) return 0;
  k->I = inputs;
  k->U = (hidden + 3) & ~3;
  k->V = outputs;
  k->G = 4 * k->U;
  k->bias = k->U + inputs;
  k->columns = k->bias + 1;
  k->inputStride = (k->columns + 15) & ~15;
  k->wide = (k->U + W - 1) / W * W;
  k->heads = k->columns * k->G;
  k->headBiases = k->heads + k->V * k->U;
  k->parameterCount = (k->headBiases + k->V + 15) & ~15;
  k->end = 0;
  k->parameters = place(k, k->parameterCount);
  k->gradient = place(k, k->parameterCount);
  k->firstMoments = place(k, k->parameterCount);
  k->secondMoments = place(k, k->parameterCount);
  k->scales = place(k, k->G);
  k->offsets = place(k, k->G);
  k->transposed = place(k, (k->G + k->V) * k->wide);
  k->terms = place(k, 2 * k->V);
  k->modelEnd = k->end;
  k->B = k->T = 0;
  if (!reserve(k, 0)) return 0;
  for (int64_t g = 0; g < k->G; g++) {
    const int isTanh = g / k->U == 2;
    k->memory[k->scales + g] = isTanh ? 1 : 0.5f;
    k->memory[k->offsets + g] = isTanh ? 0 : 0.5f;
  }
  return 1;
}

/* Lays out a minibatch: inputs 0 but for the bias, state zero, planes 0; 0, and the model stays, when memory runs out. */
EXPORT int kernel_resize(kernel *k, int sequences, int steps, int dropout) {
  const int64_t B = sequences, all = (int64_t)sequences * steps;
  if (all > mostRows) return 0;
  const int64_t before = k->end;
  k->B = B;
  k->T = steps;
  k->rows = all;
  k->plane = (all + 15) & ~(int64_t)15;
  k->end = k->modelEnd;
  k->cellGradients = place(k, B * k->U);
  k->stateGradients = place(k, B * k->wide);
  k->inputs = place(k, (all + B) * k->inputStride);
  k->targets = place(k, k->plane * k->V);
  k->weights = place(k, k->plane * k->V);
  k->errors = place(k, k->plane * k->V);
  k->cells = place(k, (all + B) * k->U);
  k->tanhCells = place(k, all * k->U);
  k->gates = place(k, all * k->G);
  k->dropout = dropout;
  k->factors = dropout ? place(k, all * k->U) : 0;
  k->outputs = dropout ? place(k, all * k->U) : k->inputs + B * k->inputStride;
  k->outputStride = dropout ? k->U : k->inputStride;
  if (!reserve(k, k->modelEnd)) {
    k->end = before;
    return 0;
  }
  for (int64_t row = 0; row < all; row++) k->memory[k->inputs + row * k->inputStride + k->bias] = 1;
  return 1;
}

/* Bits of a vector. */
EXPORT int kernel_bits(void) { return 32 * W; }

EXPORT void *kernel_memory(kernel *k) { return k->memory; }

/* Sizes and places by number, in the order of ./kernel.ts. */
EXPORT double kernel_place(kernel *k, int which) {
  const int64_t all[] = {k->end + 64,    k->U,           k->columns,       k->bias,           k->inputStride,
                         k->plane,       k->parameters,  k->gradient,      k->firstMoments,   k->secondMoments,
                         k->parameterCount, k->heads,    k->headBiases,    k->inputs,         k->targets,
                         k->weights,     k->errors,     k->factors};
  return (double)all[which];
}

/*
 * A tile of sums in registers: s[r][v] (+)= sum over n of a[r of n] b[v of n], where a is splatted. `a` moves by
 * `nextA` from n to n + 1 and by `rowA` from row to row; `b` by `nextB`. R and N are constants where this is called.
 */
INLINE void products(const int R, const int N, vec s[ROWS * 2][VECTORS], int64_t count, const float *a, int64_t rowA,
                     int64_t nextA, const float *b, int64_t nextB) {
  for (int64_t n = 0; n < count; n++) {
    vec right[VECTORS];
    UNROLL for (int v = 0; v < N; v++) right[v] = load(b + v * W);
    UNROLL for (int r = 0; r < R; r++) {
      const vec left = splat(a[r * rowA]);
      UNROLL for (int v = 0; v < N; v++) s[r][v] += left * right[v];
    }
    a += nextA;
    b += nextB;
  }
}

/* z = W [h, x] + b of R rows and N vectors, and their activations. */
INLINE void gatesTile(const int R, const int N, kernel *k, const float *input, const float *w, float *gate, int64_t g) {
  vec s[ROWS * 2][VECTORS];
  UNROLL for (int v = 0; v < N; v++) {
    const vec b = load(w + k->bias * k->G + v * W);
    UNROLL for (int r = 0; r < R; r++) s[r][v] = b;
  }
  products(R, N, s, k->bias, input, k->inputStride, 1, w, k->G);
  UNROLL for (int v = 0; v < N; v++) {
    const vec scale = load(k->memory + k->scales + g + v * W), offset = load(k->memory + k->offsets + g + v * W);
    UNROLL for (int r = 0; r < R; r++) store(gate + r * k->G + v * W, scale * tanhOf(scale * s[r][v]) + offset);
  }
}

/* Adds [h, x, 1]^T dz of some rows to the kernel's gradient: R columns and N vectors. */
INLINE void gradientTile(const int R, const int N, const float *input, int64_t inputStride, const float *gate,
                         int64_t G, int64_t rows, float *to) {
  vec s[ROWS * 2][VECTORS];
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < N; v++) s[r][v] = splat(0);
  products(R, N, s, rows, input, 1, inputStride, gate, G);
  /* Sums of few rows are added, not one long sum: less rounding. */
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < N; v++)
    store(to + r * G + v * W, load(to + r * G + v * W) + s[r][v]);
}

/* dState of R rows and N vectors of units: over the gates of the step after, then over the heads. */
INLINE void stateTile(const int R, const int N, kernel *k, const float *gate, int64_t gates, const float *error,
                      const float *w, float *to) {
  vec s[ROWS * 2][VECTORS];
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < N; v++) s[r][v] = splat(0);
  products(R, N, s, gates, gate, k->G, 1, w, k->wide);
  /* Dropout lies between the state and the heads: droppedGradients adds their part. */
  products(R, N, s, k->dropout ? 0 : k->V, error, 1, k->plane, w + k->G * k->wide, k->wide);
  UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < N; v++) store(to + r * k->wide + v * W, s[r][v]);
}

/* CALL(R, N) with both as constants. */
#define FOR_VECTORS(CALL, R, N) \
  switch (N) { case 1: CALL(R, 1); break; case 2: CALL(R, 2); break; case 3: CALL(R, 3); break; \
               case 4: CALL(R, 4); break; default: CALL(R, 5); }
#define FOR_TILE(CALL, R, N) \
  switch (R) { case 1: FOR_VECTORS(CALL, 1, N) break; case 2: FOR_VECTORS(CALL, 2, N) break; \
               case 3: FOR_VECTORS(CALL, 3, N) break; default: FOR_VECTORS(CALL, 4, N) }

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void gatesOfStep(kernel *k, const float *input, float *gate) {
  const float *w = k->memory + k->parameters;
  for (int64_t b = 0; b < k->B; b += ROWS) {
    const int64_t R = least(ROWS, k->B - b);
    for (int64_t g = 0; g < k->G; g += VECTORS * W) {
      const int64_t N = least(VECTORS, (k->G - g) / W);
#define CALL(R, N) gatesTile(R, N, k, input + b * k->inputStride, w + g, gate + b * k->G + g, g)
      FOR_TILE(CALL, R, N)
#undef CALL
    }
  }
}

/* Runs the layer over all steps, from state zero: c' = f c + i g, h' = o tanh c'. */
EXPORT void kernel_layer(kernel *k) {
  const int64_t B = k->B, U = k->U, G = k->G;
  float *m = k->memory;
  for (int64_t t = 0; t < k->T; t++) {
    float *gate = m + k->gates + t * B * G;
    gatesOfStep(k, m + k->inputs + t * B * k->inputStride, gate);
    const float *before = m + k->cells + t * B * U;
    float *cell = m + k->cells + (t + 1) * B * U, *tanhCell = m + k->tanhCells + t * B * U;
    for (int64_t b = 0; b < B; b++)
      for (int64_t u = 0; u < U; u += 4) {
        const float *at = gate + b * G + u;
        *(quad *)(cell + b * U + u) = *(quad *)(at + U) * *(quad *)(before + b * U + u) + *(quad *)at * *(quad *)(at + 2 * U);
      }
    int64_t i = 0;
    for (; i + W <= B * U; i += W) store(tanhCell + i, tanhOf(load(cell + i)));
    if (i < B * U) {
      float rest[W] = {0};
      memcpy(rest, cell + i, 4 * (size_t)(B * U - i));
      store(rest, tanhOf(load(rest)));
      memcpy(tanhCell + i, rest, 4 * (size_t)(B * U - i));
    }
    float *state = m + k->inputs + (t + 1) * B * k->inputStride;
    for (int64_t b = 0; b < B; b++)
      for (int64_t u = 0; u < U; u += 4)
        *(quad *)(state + b * k->inputStride + u) = *(quad *)(gate + b * G + 3 * U + u) * *(quad *)(tanhCell + b * U + u);
  }
}

/* With dropout, what the heads see of the states: after kernel_layer, before kernel_predict. */
EXPORT void kernel_drop(kernel *k) {
  float *m = k->memory;
  for (int64_t row = 0; row < k->rows; row++) {
    const float *state = m + k->inputs + (row + k->B) * k->inputStride, *factor = m + k->factors + row * k->U;
    float *to = m + k->outputs + row * k->U;
    for (int64_t u = 0; u < k->U; u++) to[u] = state[u] * factor[u];
  }
}

/* yhat = W h + b of every row and output, into the planes of `errors`. */
EXPORT void kernel_predict(kernel *k) {
  float *m = k->memory;
  for (int64_t v = 0; v < k->V; v++) {
    const float *head = m + k->parameters + k->heads + v * k->U;
    const float bias = m[k->parameters + k->headBiases + v];
    float *to = m + k->errors + v * k->plane;
    for (int64_t row = 0; row < k->rows; row++) {
      const float *state = m + k->outputs + row * k->outputStride;
      quad s = {0};
      for (int64_t u = 0; u < k->U; u += 4) s += *(quad *)(head + u) * *(quad *)(state + u);
      to[row] = (s[0] + s[1]) + (s[2] + s[3]) + bias;
    }
  }
}

/* Turns the predictions of output v into errors w (yhat - y) and returns Q_v, the sum of w (yhat - y)^2. */
EXPORT float kernel_loss(kernel *k, int v) {
  float *error = k->memory + k->errors + v * k->plane;
  const float *target = k->memory + k->targets + v * k->plane, *weight = k->memory + k->weights + v * k->plane;
  vec q = splat(0);
  for (int64_t i = 0; i < k->plane; i += W) {
    const vec difference = load(error + i) - load(target + i), own = difference * load(weight + i);
    store(error + i, own);
    q += own * difference;
  }
  float sum = 0;
  for (int i = 0; i < W; i++) sum += q[i];
  return sum;
}

/* What the errors of output v weigh in the LSTM and in its head (../../loss.ts). */
EXPORT void kernel_weigh(kernel *k, int v, float trunk, float head) {
  k->memory[k->terms + v] = trunk;
  k->memory[k->terms + k->V + v] = head;
}

static void transpose(kernel *k) {
  float *m = k->memory;
  for (int64_t u = 0; u < k->U; u++)
    for (int64_t g = 0; g < k->G; g++) m[k->transposed + g * k->wide + u] = m[k->parameters + u * k->G + g];
  for (int64_t v = 0; v < k->V; v++)
    for (int64_t u = 0; u < k->U; u++)
      m[k->transposed + (k->G + v) * k->wide + u] = m[k->terms + v] * m[k->parameters + k->heads + v * k->U + u];
}

static void stateGradients(kernel *k, int64_t t) {
  float *m = k->memory;
  const int64_t gates = t + 1 < k->T ? k->G : 0;
  const float *gate = m + k->gates + least(t + 1, k->T - 1) * k->B * k->G;
  const float *error = m + k->errors + t * k->B;
  /* Few vectors make a row here: two tiles of rows at a time, or a tile's sums would wait for one another. */
  const int64_t most = k->wide <= 2 * W ? 2 * ROWS : ROWS;
  for (int64_t b = 0; b < k->B;) {
    const int64_t R = k->B - b >= most ? most : least(ROWS, k->B - b);
    for (int64_t u = 0; u < k->wide; u += VECTORS * W) {
      const int64_t N = least(VECTORS, (k->wide - u) / W);
#define CALL(R, N) \
  stateTile(R, N, k, gate + b * k->G, gates, error + b, m + k->transposed + u, m + k->stateGradients + b * k->wide + u)
      if (R > ROWS && N == 1) CALL(2 * ROWS, 1);
      else if (R > ROWS) CALL(2 * ROWS, 2);
      else FOR_TILE(CALL, R, N)
#undef CALL
    }
    b += R;
  }
}

/* With dropout, the heads' part of dState of all rows of step t. */
static void droppedGradients(kernel *k, int64_t t) {
  float *m = k->memory;
  for (int64_t b = 0; b < k->B; b++) {
    const int64_t row = t * k->B + b;
    const float *factor = m + k->factors + row * k->U;
    float *to = m + k->stateGradients + b * k->wide;
    for (int64_t u = 0; u < k->U; u++) {
      float sum = 0;
      for (int64_t v = 0; v < k->V; v++)
        sum += m[k->errors + v * k->plane + row] * m[k->transposed + (k->G + v) * k->wide + u];
      to[u] += factor[u] * sum;
    }
  }
}

/* The gradients of the gates' sums in all rows of step t, over the gates themselves; dCell for the step before. */
static void gateGradients(kernel *k, int64_t t) {
  const int64_t B = k->B, U = k->U, G = k->G;
  float *m = k->memory;
  for (int64_t b = 0; b < B; b++) {
    const int64_t row = t * B + b;
    float *gate = m + k->gates + row * G, *dCells = m + k->cellGradients + b * U;
    const float *before = m + k->cells + row * U, *tanhCells = m + k->tanhCells + row * U;
    const float *dState = m + k->stateGradients + b * k->wide;
    for (int64_t u = 0; u < U; u += 4) {
      float *at = gate + u;
      const quad i = *(quad *)at, f = *(quad *)(at + U), g = *(quad *)(at + 2 * U), o = *(quad *)(at + 3 * U);
      const quad tanhCell = *(quad *)(tanhCells + u), dStateO = *(quad *)(dState + u) * o;
      /* dc += dh o (1 - tanh^2 c); the slopes of the activations are s (1 - s) and 1 - tanh^2. */
      const quad dCell = dStateO * (1 - tanhCell * tanhCell) + *(quad *)(dCells + u);
      const quad dCellF = dCell * f, dCellI = dCell * i;
      *(quad *)(dCells + u) = dCellF;
      *(quad *)at = dCellI * g * (1 - i);
      *(quad *)(at + U) = dCellF * *(quad *)(before + u) * (1 - f);
      *(quad *)(at + 2 * U) = dCellI * (1 - g * g);
      *(quad *)(at + 3 * U) = dStateO * tanhCell * (1 - o);
    }
  }
}

static void kernelGradient(kernel *k, int64_t from, int64_t rows) {
  float *m = k->memory;
  const float *input = m + k->inputs + from * k->inputStride, *gate = m + k->gates + from * k->G;
  for (int64_t column = 0; column < k->columns; column += ROWS) {
    const int64_t R = least(ROWS, k->columns - column);
    for (int64_t g = 0; g < k->G; g += VECTORS * W) {
      const int64_t N = least(VECTORS, (k->G - g) / W);
#define CALL(R, N) \
  gradientTile(R, N, input + column, k->inputStride, gate + g, k->G, rows, m + k->gradient + column * k->G + g)
      FOR_TILE(CALL, R, N)
#undef CALL
    }
  }
}

static void headGradients(kernel *k) {
  float *m = k->memory;
  for (int64_t v = 0; v < k->V; v++) {
    const float term = m[k->terms + k->V + v], *error = m + k->errors + v * k->plane;
    float *to = m + k->gradient + k->heads + v * k->U;
    for (int64_t u = 0; u < k->U; u += 4) {
      quad s = {0}, other = {0};
      const float *state = m + k->outputs + u;
      int64_t row = 0;
      for (; row + 2 <= k->rows; row += 2, state += 2 * k->outputStride) {
        s += error[row] * *(quad *)state;
        other += error[row + 1] * *(quad *)(state + k->outputStride);
      }
      if (row < k->rows) s += error[row] * *(quad *)state;
      *(quad *)(to + u) = term * (s + other);
    }
    vec total = splat(0);
    for (int64_t i = 0; i < k->plane; i += W) total += load(error + i);
    float sum = 0;
    for (int i = 0; i < W; i++) sum += total[i];
    m[k->gradient + k->headBiases + v] = term * sum;
  }
}

/* The gradient of all parameters. */
EXPORT void kernel_backward(kernel *k) {
  float *m = k->memory;
  memset(m + k->gradient, 0, 4 * (size_t)k->parameterCount);
  memset(m + k->cellGradients, 0, 4 * (size_t)(k->B * k->U));
  transpose(k);
  headGradients(k);
  /* Rows whose gates and inputs stay in the nearest cache between the way back and their products. */
  const int64_t steps = k->B >= 64 ? 1 : 64 / k->B;
  for (int64_t to = k->T; to > 0; to -= steps) {
    const int64_t from = to > steps ? to - steps : 0;
    for (int64_t t = to - 1; t >= from; t--) {
      stateGradients(k, t);
      if (k->dropout) droppedGradients(k, t);
      gateGradients(k, t);
    }
    kernelGradient(k, from * k->B, (to - from) * k->B);
  }
}

/* Adam (Kingma and Ba, 2015), as ../wasm/assembly/adam.ts. */
EXPORT void kernel_adam(kernel *k, float rate, float firstCorrection, float secondCorrection) {
  float *restrict p = k->memory + k->parameters, *restrict first = k->memory + k->firstMoments;
  float *restrict second = k->memory + k->secondMoments;
  const float *restrict gradient = k->memory + k->gradient;
  const float step = rate / firstCorrection, scale = 1 / secondCorrection;
  for (int64_t i = 0; i < k->parameterCount; i++) {
    const float g = gradient[i];
    first[i] = 0.9f * first[i] + 0.1f * g;
    second[i] = 0.999f * second[i] + 0.001f * (g * g);
    p[i] -= step * first[i] / (__builtin_sqrtf(second[i] * scale) + 1e-7f);
  }
}
