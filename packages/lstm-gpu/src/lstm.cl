/*
 * Training of many small LSTMs, each by workgroups of its own: one text for OpenCL C and CUDA C.
 * -DH= units, a multiple of 4 (layout.ts pads models up to it). A thread holds the four gates of one unit for
 * four sequences; float4 is either the gates i, f, g, o or four sequences or four outputs.
 *
 * Sizes: M models, T steps, B sequences of a minibatch (padded), N inputs (a 1 for the bias behind them, padded
 * to a multiple of 4), Q quads of outputs, C = N + H columns, `size` = C H + Q (H + 1) quads a model.
 *   parameters [M]{ [C][H] gates, [Q][H + 1] heads and their bias }      x [sequences][T][N]
 *   rows [M][B]: which sequence of x     gates [M][T][B][H]     cells, states [M][T][B][H]
 *   errors [M][T][B][Q]     terms [M][2][Q]: of the trunk, of the heads
 *   outputs [M][T][B][H]: what the heads see, with dropout the states times factors [M][T][B][H]; else the states
 */
#ifdef __OPENCL_VERSION__
#define KERNEL __kernel void
#define GLOBAL __global
#define SHARED __local
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
#define THREAD ((int)get_local_id(0))
#define SIZE ((int)get_local_size(0))
#define GROUP_X ((int)get_group_id(0))
#define GROUP_Y ((size_t)get_group_id(1))
#define MAKE4(a, b, c, d) ((float4)(a, b, c, d))
#define DIVIDE(a, b) ((a) / (b))
#define EXP exp
#define SQRT sqrt
#define ABS fabs
#define FMA fma
#define HIGH_PRODUCT mul_hi
#define RESTRICT restrict
#define INLINE
#else
#define KERNEL extern "C" __global__ void __launch_bounds__(THREADS)
#define GLOBAL
#define SHARED __shared__
#define BARRIER __syncthreads()
#define THREAD ((int)threadIdx.x)
#define SIZE ((int)blockDim.x)
#define GROUP_X ((int)blockIdx.x)
#define GROUP_Y ((size_t)blockIdx.y)
#define MAKE4(a, b, c, d) make_float4(a, b, c, d)
#define DIVIDE(a, b) __fdividef(a, b)
#define EXP expf
#define SQRT sqrtf
#define ABS fabsf
#define FMA fmaf
#define HIGH_PRODUCT __umulhi
#define RESTRICT __restrict__
#define INLINE static __device__ __forceinline__
#endif

/* The most threads of a workgroup and the most inputs N: layout.ts says the same. */
#define THREADS 160
#define INPUTS 36

#define EACH(i, n) _Pragma("unroll") for (int i = 0; i < (n); i++)
#define ADD_SCALED(to, s, v) \
  { \
    to.x = FMA(s, (v).x, to.x); \
    to.y = FMA(s, (v).y, to.y); \
    to.z = FMA(s, (v).z, to.z); \
    to.w = FMA(s, (v).w, to.w); \
  }
#define ZERO4 MAKE4(0.0f, 0.0f, 0.0f, 0.0f)

INLINE float sigmoid(float x) { return DIVIDE(1.0f, 1.0f + EXP(-x)); }

INLINE float hyperbolic(float x) {
  float e = EXP(-2.0f * ABS(x));
  float r = DIVIDE(1.0f - e, 1.0f + e);
  return x >= 0.0f ? r : -r;
}

INLINE float dot4(float4 a, float4 b) { return FMA(a.x, b.x, FMA(a.y, b.y, FMA(a.z, b.z, a.w * b.w))); }

/* z = W [x, 1, h] of unit k in four sequences; c' = f c + i g, h' = o tanh c'. Gates are kept for training only. */
KERNEL forward(GLOBAL const float4 *RESTRICT parameters, GLOBAL const float *RESTRICT x, GLOBAL const int *RESTRICT rows,
               GLOBAL float4 *RESTRICT gates, GLOBAL float *RESTRICT cells, GLOBAL float *RESTRICT states,
               int N, int T, int B, int size, int keep) {
  SHARED float4 inputWeights[INPUTS * H];
  SHARED float4 exchange[2 * THREADS];
  const int k = THREAD % H, g = THREAD / H;
  const int b = (GROUP_X * (SIZE / H) + g) * 4;
  const size_t model = GROUP_Y;
  GLOBAL const float4 *p = parameters + model * size;
  GLOBAL const int *row = rows + model * B + b;
  float4 w[H];
  float c[4];
  EACH(j, H) w[j] = p[(N + j) * H + k];
  EACH(s, 4) c[s] = 0.0f;
  for (int i = THREAD; i < N * H; i += SIZE) inputWeights[i] = p[i];
  exchange[THREAD] = ZERO4;
  BARRIER;
  for (int t = 0; t < T; t++) {
    float4 z[4];
    EACH(s, 4) z[s] = ZERO4;
    for (int j = 0; j < N; j++) {
      float4 v = inputWeights[j * H + k];
      EACH(s, 4) {
        float input = x[((size_t)row[s] * T + t) * N + j];
        ADD_SCALED(z[s], input, v)
      }
    }
    const int from = (t & 1) * THREADS + g * H;
    EACH(j, H) {
      float4 h = exchange[from + j];
      ADD_SCALED(z[0], h.x, w[j])
      ADD_SCALED(z[1], h.y, w[j])
      ADD_SCALED(z[2], h.z, w[j])
      ADD_SCALED(z[3], h.w, w[j])
    }
    float h[4];
    const size_t to = ((model * T + t) * B + b) * H + k;
    EACH(s, 4) {
      float4 gate = MAKE4(sigmoid(z[s].x), sigmoid(z[s].y), hyperbolic(z[s].z), sigmoid(z[s].w));
      c[s] = FMA(gate.y, c[s], gate.x * gate.z);
      h[s] = gate.w * hyperbolic(c[s]);
      states[to + s * H] = h[s];
      if (keep) {
        gates[to + s * H] = gate;
        cells[to + s * H] = c[s];
      }
    }
    exchange[((t + 1) & 1) * THREADS + THREAD] = MAKE4(h[0], h[1], h[2], h[3]);
    BARRIER;
  }
}

/* yhat of one row and quad of outputs; head [H + 1] in shared memory. */
INLINE float4 headed(SHARED const float4 *head, GLOBAL const float *state) {
  float4 y = head[H];
  EACH(j, H / 4) {
    float4 h = ((GLOBAL const float4 *)state)[j];
    ADD_SCALED(y, h.x, head[4 * j])
    ADD_SCALED(y, h.y, head[4 * j + 1])
    ADD_SCALED(y, h.z, head[4 * j + 2])
    ADD_SCALED(y, h.w, head[4 * j + 3])
  }
  return y;
}

/* predictions [M][T][B][Q]. */
KERNEL predict(GLOBAL const float4 *RESTRICT parameters, GLOBAL const float *RESTRICT states,
               GLOBAL float4 *RESTRICT predictions, int N, int T, int B, int Q, int size) {
  SHARED float4 head[H + 1];
  const size_t model = GROUP_Y, base = model * T * B;
  for (int q = 0; q < Q; q++) {
    for (int i = THREAD; i <= H; i += SIZE) head[i] = parameters[model * size + (N + H) * H + q * (H + 1) + i];
    BARRIER;
    for (int i = THREAD; i < T * B; i += SIZE) predictions[(base + i) * Q + q] = headed(head, states + (base + i) * H);
    BARRIER;
  }
}

/* The loss and its terms of one output from its Q_v: src/training/loss.ts of @braid/lstm. kind 0 is rmse, 1 nnse, 2 mse. */
#define TERM(c) \
  if (kind == 1) { \
    float slope = 1.0f / (1.0f + total.c); \
    own.c = 2.0f * slope * slope; \
    trunk.c = lambda.c * own.c; \
    loss += lambda.c * total.c * slope; \
  } else if (kind == 2) { \
    trunk.c = 2.0f * lambda.c; \
    own.c = trunk.c; \
    loss += lambda.c * total.c; \
  } else { \
    float root = SQRT(total.c); \
    trunk.c = total.c == 0.0f ? 0.0f : lambda.c / root; \
    own.c = trunk.c; \
    loss += lambda.c * root; \
  }

/* errors w (yhat - y), the terms, and losses [M][records] at `record`; targets and masks [sequences][T][Q], weights [M][B][Q]. */
KERNEL errors(GLOBAL const float4 *RESTRICT parameters, GLOBAL const float *RESTRICT outputs, GLOBAL const int *RESTRICT rows,
              GLOBAL const float4 *RESTRICT targets, GLOBAL const float4 *RESTRICT masks,
              GLOBAL const float4 *RESTRICT weights, GLOBAL const float4 *RESTRICT lossWeights,
              GLOBAL float4 *RESTRICT errors, GLOBAL float4 *RESTRICT terms, GLOBAL float *RESTRICT losses,
              int N, int T, int B, int Q, int size, int kind, int records, int record) {
  SHARED float4 head[H + 1];
  SHARED float4 sums[THREADS];
  const size_t model = GROUP_Y, base = model * T * B;
  float loss = 0.0f;
  for (int q = 0; q < Q; q++) {
    for (int i = THREAD; i <= H; i += SIZE) head[i] = parameters[model * size + (N + H) * H + q * (H + 1) + i];
    BARRIER;
    float4 sum = ZERO4;
    for (int i = THREAD; i < T * B; i += SIZE) {
      const int t = i / B, b = i % B;
      const size_t at = ((size_t)rows[model * B + b] * T + t) * Q + q;
      float4 y = headed(head, outputs + (base + i) * H), target = targets[at], mask = masks[at];
      float4 w = weights[(model * B + b) * Q + q], e;
      y.x -= target.x; y.y -= target.y; y.z -= target.z; y.w -= target.w;
      e = MAKE4(w.x * mask.x * y.x, w.y * mask.y * y.y, w.z * mask.z * y.z, w.w * mask.w * y.w);
      errors[(base + i) * Q + q] = e;
      sum.x = FMA(e.x, y.x, sum.x);
      sum.y = FMA(e.y, y.y, sum.y);
      sum.z = FMA(e.z, y.z, sum.z);
      sum.w = FMA(e.w, y.w, sum.w);
    }
    sums[THREAD] = sum;
    BARRIER;
    if (THREAD == 0) {
      float4 total = ZERO4, lambda = lossWeights[model * Q + q], trunk, own;
      for (int i = 0; i < SIZE; i++) ADD_SCALED(total, 1.0f, sums[i])
      TERM(x) TERM(y) TERM(z) TERM(w)
      terms[model * 2 * Q + q] = trunk;
      terms[(model * 2 + 1) * Q + q] = own;
    }
    BARRIER;
  }
  if (THREAD == 0) losses[model * records + record] = loss;
}

/* dz over the gates themselves, last step first: dh = heads + U dz of the step after, dc = dh o (1 - tanh^2 c) + f dc. */
INLINE void backInTime(const int dropping, SHARED float4 *exchange, GLOBAL const float4 *RESTRICT parameters,
                       GLOBAL const float4 *RESTRICT errors, GLOBAL const float4 *RESTRICT terms,
                       GLOBAL const float *RESTRICT factors, GLOBAL float4 *RESTRICT gates,
                       GLOBAL const float *RESTRICT cells, int N, int T, int B, int Q, int size) {
  const int k = THREAD % H, g = THREAD / H;
  const int b = (GROUP_X * (SIZE / H) + g) * 4;
  const size_t model = GROUP_Y;
  GLOBAL const float4 *p = parameters + model * size;
  GLOBAL const float4 *head = p + (N + H) * H + k;
  float4 u[H];
  float dc[4], dh[4], c[4];
  EACH(j, H) u[j] = p[(N + k) * H + j];
  EACH(s, 4) {
    dc[s] = 0.0f;
    dh[s] = 0.0f;
    c[s] = cells[((model * T + T - 1) * B + b + s) * H + k];
  }
  for (int t = T - 1; t >= 0; t--) {
    const size_t row = (model * T + t) * B + b;
    const int to = (t & 1) * 4 * THREADS + g * 4 * H;
    for (int q = 0; q < Q; q++) {
      float4 w = head[q * (H + 1)], term = terms[model * 2 * Q + q];
      w.x *= term.x; w.y *= term.y; w.z *= term.z; w.w *= term.w;
      EACH(s, 4) {
        float own = dot4(errors[(row + s) * Q + q], w);
        dh[s] += dropping ? own * factors[(row + s) * H + k] : own;
      }
    }
    EACH(s, 4) {
      const size_t at = (row + s) * H + k;
      float4 a = gates[at];
      float before = t > 0 ? cells[at - (size_t)B * H] : 0.0f;
      float tanhCell = hyperbolic(c[s]);
      float d = FMA(dh[s] * a.w, 1.0f - tanhCell * tanhCell, dc[s]);
      float4 dz = MAKE4(d * a.z * a.x * (1.0f - a.x), d * before * a.y * (1.0f - a.y), d * a.x * (1.0f - a.z * a.z),
                        dh[s] * tanhCell * a.w * (1.0f - a.w));
      dc[s] = d * a.y;
      c[s] = before;
      dh[s] = 0.0f;
      gates[at] = dz;
      exchange[to + s * H + k] = dz;
    }
    BARRIER;
    EACH(j, H) EACH(s, 4) dh[s] += dot4(u[j], exchange[to + s * H + j]);
  }
}

KERNEL backward(GLOBAL const float4 *RESTRICT parameters, GLOBAL const float4 *RESTRICT errors,
                GLOBAL const float4 *RESTRICT terms, GLOBAL float4 *RESTRICT gates, GLOBAL const float *RESTRICT cells,
                int N, int T, int B, int Q, int size) {
  SHARED float4 exchange[2 * 4 * THREADS];
  backInTime(0, exchange, parameters, errors, terms, cells, gates, cells, N, T, B, Q, size);
}

KERNEL backward_dropped(GLOBAL const float4 *RESTRICT parameters, GLOBAL const float4 *RESTRICT errors,
                        GLOBAL const float4 *RESTRICT terms, GLOBAL const float *RESTRICT factors,
                        GLOBAL float4 *RESTRICT gates, GLOBAL const float *RESTRICT cells, int N, int T, int B, int Q,
                        int size) {
  SHARED float4 exchange[2 * 4 * THREADS];
  backInTime(1, exchange, parameters, errors, terms, factors, gates, cells, N, T, B, Q, size);
}

/*
 * Factors and outputs of one quad of units per thread: dropout.ts of @braid/lstm. sequences [M][B]: which of its dataset;
 * keys [M][2]; a word below `threshold`, both unsigned, leaves its output out, and the others are multiplied by `kept`.
 */
#define DROPPED(c, word) factor.c = word < (unsigned int)threshold ? 0.0f : kept;
KERNEL drop(GLOBAL const float4 *RESTRICT states, GLOBAL const int *RESTRICT sequences, GLOBAL const int *RESTRICT keys,
            GLOBAL float4 *RESTRICT factors, GLOBAL float4 *RESTRICT outputs, int T, int B, int update, int threshold,
            float kept) {
  const int i = GROUP_X * SIZE + THREAD;
  if (i >= T * B * (H / 4)) return;
  const size_t model = GROUP_Y, at = model * T * B * (H / 4) + i;
  const int row = i / (H / 4), b = row % B;
  unsigned int a = row / B, c = i % (H / 4), d = sequences[model * B + b], e = update;
  unsigned int low = keys[model * 2], high = keys[model * 2 + 1];
  EACH(turn, 10) {
    const unsigned int top = HIGH_PRODUCT(0xd2511f53u, a), bottom = 0xd2511f53u * a;
    const unsigned int otherTop = HIGH_PRODUCT(0xcd9e8d57u, d), otherBottom = 0xcd9e8d57u * d;
    a = otherTop ^ c ^ low;
    c = otherBottom;
    d = top ^ e ^ high;
    e = bottom;
    low += 0x9e3779b9u;
    high += 0xbb67ae85u;
  }
  float4 factor = ZERO4, state = states[at];
  DROPPED(x, a) DROPPED(y, c) DROPPED(z, d) DROPPED(w, e)
  factors[at] = factor;
  outputs[at] = MAKE4(state.x * factor.x, state.y * factor.y, state.z * factor.z, state.w * factor.w);
}

/*
 * One workgroup for eight columns of x, or eight of h, or the heads of a quad of outputs: GROUP_X in this order.
 * gradients are laid out as the parameters are.
 */
KERNEL gradient(GLOBAL float4 *RESTRICT gradients, GLOBAL const float *RESTRICT x, GLOBAL const int *RESTRICT rows,
                GLOBAL const float4 *RESTRICT gates, GLOBAL const float *RESTRICT states,
                GLOBAL const float *RESTRICT outputs, GLOBAL const float4 *RESTRICT errors,
                GLOBAL const float4 *RESTRICT terms, int N, int T, int B, int Q, int size) {
  SHARED float4 sums[THREADS];
  const int k = THREAD % H, g = THREAD / H, G = SIZE / H;
  const int xTiles = (N + 7) / 8, hTiles = (H + 7) / 8;
  const size_t model = GROUP_Y, offset = model * size;
  if (GROUP_X < xTiles + hTiles) {
    const int ofStates = GROUP_X >= xTiles;
    const int column = 8 * (ofStates ? GROUP_X - xTiles : GROUP_X);
    float4 total[8];
    EACH(j, 8) total[j] = ZERO4;
    for (int b = g; b < B; b += G)
      for (int t = ofStates; t < T; t++) {
        const size_t at = (model * T + t) * B + b;
        GLOBAL const float4 *from = (GLOBAL const float4 *)(
            ofStates ? states + (at - B) * H + column : x + ((size_t)rows[model * B + b] * T + t) * N + column);
        float4 dz = gates[at * H + k], left = from[0], right = from[1];
        ADD_SCALED(total[0], left.x, dz)
        ADD_SCALED(total[1], left.y, dz)
        ADD_SCALED(total[2], left.z, dz)
        ADD_SCALED(total[3], left.w, dz)
        ADD_SCALED(total[4], right.x, dz)
        ADD_SCALED(total[5], right.y, dz)
        ADD_SCALED(total[6], right.z, dz)
        ADD_SCALED(total[7], right.w, dz)
      }
    EACH(j, 8) {
      sums[THREAD] = total[j];
      BARRIER;
      /* The last eight may reach beyond the columns there are. */
      if (g == 0 && column + j < (ofStates ? H : N)) {
        float4 d = ZERO4;
        for (int i = k; i < SIZE; i += H) ADD_SCALED(d, 1.0f, sums[i])
        gradients[offset + ((ofStates ? N : 0) + column + j) * H + k] = d;
      }
      BARRIER;
    }
    return;
  }
  const int q = GROUP_X - xTiles - hTiles;
  const float4 term = terms[(model * 2 + 1) * Q + q];
  float4 head = ZERO4, bias = ZERO4;
  for (int b = g; b < B; b += G)
    for (int t = 0; t < T; t++) {
      const size_t at = (model * T + t) * B + b;
      float4 e = errors[at * Q + q];
      ADD_SCALED(head, outputs[at * H + k], e)
      ADD_SCALED(bias, 1.0f, e)
    }
  EACH(j, 2) {
    sums[THREAD] = j == 0 ? head : bias;
    BARRIER;
    if (g == 0 && (j == 0 || k == 0)) {
      float4 d = ZERO4;
      for (int i = k; i < SIZE; i += H) ADD_SCALED(d, 1.0f, sums[i])
      d.x *= term.x; d.y *= term.y; d.z *= term.z; d.w *= term.w;
      gradients[offset + (N + H) * H + q * (H + 1) + (j == 0 ? k : H)] = d;
    }
    BARRIER;
  }
}

/* Shortens the gradient of a model whose norm is above `most`: clip.ts of @braid/lstm. */
KERNEL clip(GLOBAL float4 *RESTRICT gradients, int size, float most) {
  SHARED float sums[THREADS];
  GLOBAL float4 *own = gradients + GROUP_Y * size;
  float sum = 0.0f;
  for (int i = THREAD; i < size; i += SIZE) sum += dot4(own[i], own[i]);
  sums[THREAD] = sum;
  BARRIER;
  float squares = 0.0f;
  for (int i = 0; i < SIZE; i++) squares += sums[i];
  const float norm = SQRT(squares);
  if (!(norm > most)) return;
  for (int i = THREAD; i < size; i += SIZE) {
    float4 d = own[i];
    const float factor = most / norm;
    own[i] = MAKE4(d.x * factor, d.y * factor, d.z * factor, d.w * factor);
  }
}

/*
 * Adam (Kingma and Ba, 2015): p -= rate m / (sqrt(v secondCorrection) + epsilon), of one quad per thread.
 * rate includes the first correction, secondCorrection is 1 / (1 - beta2^steps).
 */
#define MOVE(c) \
  m.c = 0.9f * m.c + 0.1f * d.c; \
  v.c = 0.999f * v.c + 0.001f * d.c * d.c; \
  p.c -= DIVIDE(rate * m.c, SQRT(v.c * secondCorrection) + 1e-7f);
KERNEL adam(GLOBAL float4 *RESTRICT parameters, GLOBAL const float4 *RESTRICT gradients, GLOBAL float4 *RESTRICT first,
            GLOBAL float4 *RESTRICT second, int size, float rate, float secondCorrection) {
  const int i = GROUP_X * SIZE + THREAD;
  if (i >= size) return;
  const size_t at = GROUP_Y * size + i;
  float4 p = parameters[at], d = gradients[at], m = first[at], v = second[at];
  MOVE(x) MOVE(y) MOVE(z) MOVE(w)
  parameters[at] = p;
  first[at] = m;
  second[at] = v;
}
