/*
 * Stands in for NVIDIA's libcuda.so.1: checks what the driver is asked for, keeps buffers in ordinary memory,
 * and writes a line per call to the file that MOCK_CUDA_LOG names. A wrong call answers 1 (invalid value).
 * MOCK_CUDA_FAIL="cuFunction=code@n" lets the n-th call of a function (from 1) answer a code.
 * MOCK_CUDA_VERSION, MOCK_CUDA_COMPUTE, MOCK_CUDA_DEVICES and MOCK_CUDA_MEMORY change what it is.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The context of a device. */
#define CONTEXT(device) ((void *)(0x1000L + (device)))
enum { INVALID = 1, MEMORY = 2, NOT_INITIALIZED = 3, NO_CONTEXT = 201, INVALID_PTX = 218, NOT_READY = 600 };

static int ready;
static void *current;
static long held, used;
static struct { uint64_t at; size_t bytes; void *context; } blocks[256];

static long setting(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text && *text ? atol(text) : otherwise;
}

static void say(const char *format, ...) {
  const char *path = getenv("MOCK_CUDA_LOG");
  FILE *file = path && *path ? fopen(path, "a") : NULL;
  if (!file) return;
  va_list list;
  va_start(list, format);
  vfprintf(file, format, list);
  va_end(list);
  fputc('\n', file);
  fclose(file);
}

/* The code that MOCK_CUDA_FAIL wants of this call, or 0. */
static int failure(const char *name) {
  static char counted[64];
  static int calls;
  const char *wanted = getenv("MOCK_CUDA_FAIL");
  char function[64];
  int code, at = 1;
  if (!wanted || sscanf(wanted, "%63[^=]=%d@%d", function, &code, &at) < 2 || strcmp(function, name)) return 0;
  if (strcmp(counted, wanted)) {
    strncpy(counted, wanted, sizeof counted - 1);
    calls = 0;
  }
  return ++calls == at ? code : 0;
}

#define ENTER(needsContext) \
  { \
    int code = failure(__func__); \
    if (code) return code; \
    if (!ready) return NOT_INITIALIZED; \
    if ((needsContext) && !current) return NO_CONTEXT; \
  }

/* The buffer that starts here, if it is one of the current context; else -1. */
static int block(uint64_t at) {
  for (int i = 0; i < 256; i++)
    if (blocks[i].at == at && at) return blocks[i].context == current ? i : -1;
  return -1;
}

int cuInit(unsigned flags) {
  int code = failure(__func__);
  if (code) return code;
  ready = flags == 0;
  return ready ? 0 : INVALID;
}
int cuDriverGetVersion(int *version) { *version = setting("MOCK_CUDA_VERSION", 12040); return 0; }
int cuDeviceGetCount(int *count) { ENTER(0) *count = setting("MOCK_CUDA_DEVICES", 2); return 0; }
int cuDeviceGet(int *device, int ordinal) {
  ENTER(0)
  if (ordinal < 0 || ordinal >= setting("MOCK_CUDA_DEVICES", 2)) return 101;
  *device = 100 + ordinal;
  return 0;
}
int cuDeviceGetName(char *name, int length, int device) {
  ENTER(0)
  snprintf(name, length, "Mock GPU %d", device - 100);
  return device < 100 ? INVALID : 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  ENTER(0)
  long compute = setting("MOCK_CUDA_COMPUTE", 90);
  *value = attribute == 75 ? compute / 10 : attribute == 76 ? compute % 10 : -1;
  return device < 100 || *value < 0 ? INVALID : 0;
}
int cuDevicePrimaryCtxRetain(void **context, int device) {
  ENTER(0)
  say("cuDevicePrimaryCtxRetain device %d", device - 100);
  *context = CONTEXT(device);
  held++;
  return 0;
}
int cuDevicePrimaryCtxRelease_v2(int device) {
  ENTER(0)
  say("cuDevicePrimaryCtxRelease device %d, %ld bytes in use", device - 100, used);
  if (current == CONTEXT(device)) current = NULL;
  return held-- > 0 ? 0 : INVALID;
}
int cuCtxSetCurrent(void *context) { ENTER(0) current = context; return context ? 0 : INVALID; }
int cuMemGetInfo_v2(size_t *available, size_t *total) {
  ENTER(1)
  *total = setting("MOCK_CUDA_MEMORY", 1L << 30);
  *available = *total - used;
  return 0;
}
int cuMemAlloc_v2(uint64_t *at, size_t bytes) {
  ENTER(1)
  if (bytes == 0) return INVALID;
  if (used + (long)bytes > setting("MOCK_CUDA_MEMORY", 1L << 30)) return MEMORY;
  for (int i = 0; i < 256; i++)
    if (!blocks[i].at) {
      blocks[i].at = *at = (uint64_t)malloc(bytes);
      blocks[i].bytes = bytes;
      blocks[i].context = current;
      used += bytes;
      /* What real memory holds at first is anything. */
      memset((void *)*at, 0xff, bytes);
      say("cuMemAlloc %zu", bytes);
      return 0;
    }
  return MEMORY;
}
int cuMemFree_v2(uint64_t at) {
  ENTER(1)
  int i = block(at);
  if (i < 0) return INVALID;
  used -= blocks[i].bytes;
  blocks[i].at = 0;
  free((void *)at);
  return 0;
}
int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes) {
  ENTER(1)
  int i = block(to);
  if (i < 0 || bytes > blocks[i].bytes) return INVALID;
  memcpy((void *)to, from, bytes);
  say("cuMemcpyHtoD %zu", bytes);
  return 0;
}
int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes) {
  ENTER(1)
  int i = block(from);
  if (i < 0 || bytes > blocks[i].bytes) return INVALID;
  memcpy(to, (void *)from, bytes);
  say("cuMemcpyDtoH %zu", bytes);
  return 0;
}
int cuMemsetD8_v2(uint64_t to, unsigned char value, size_t bytes) {
  ENTER(1)
  int i = block(to);
  if (i < 0 || bytes > blocks[i].bytes) return INVALID;
  memset((void *)to, value, bytes);
  return 0;
}
int cuModuleLoadData(void **module, const void *image) {
  ENTER(1)
  const char *version = strstr(image, ".version "), *target = strstr(image, ".target ");
  if (!version || !target) return INVALID_PTX;
  say("cuModuleLoadData PTX %.3s for %.5s", version + 9, target + 8);
  *module = (void *)image;
  return 0;
}
int cuModuleUnload(void *module) { ENTER(1) return module ? 0 : INVALID; }

static const struct { const char *name; int pointers, ints, floats; } functions[] = {
    {"forward", 6, 5, 0}, {"predict", 3, 5, 0}, {"errors", 10, 8, 0}, {"backward", 5, 5, 0}, {"gradient", 8, 5, 0},
    {"adam", 4, 1, 2},    {"drop", 5, 4, 1},    {"clip", 1, 1, 1},   {"backward_dropped", 6, 5, 0}};

enum { functionCount = sizeof functions / sizeof *functions };

int cuModuleGetFunction(void **function, void *module, const char *name) {
  ENTER(1)
  for (int i = 0; i < functionCount; i++)
    if (!strcmp(functions[i].name, name)) {
      *function = (void *)&functions[i];
      return module ? 0 : INVALID;
    }
  return 500;
}
int cuFuncGetAttribute(int *value, int attribute, void *function) {
  ENTER(1)
  *value = 160;
  return attribute == 0 && function ? 0 : INVALID;
}

/* Every pointer must be the start of a buffer; a training `errors` leaves losses of 0.5, its tenth argument. */
int cuLaunchKernel(void *function, unsigned x, unsigned y, unsigned z, unsigned bx, unsigned by, unsigned bz,
                   unsigned shared, void *stream, void **arguments, void **extra) {
  ENTER(1)
  int i = 0;
  while (i < functionCount && function != (void *)&functions[i]) i++;
  if (i == functionCount || !x || !y || z != 1 || !bx || bx > 160 || by != 1 || bz != 1 || shared || stream || extra) return INVALID;
  char text[400] = "";
  int n = 0;
  for (int p = 0; p < functions[i].pointers; p++, n++)
    if (block(*(uint64_t *)arguments[n]) < 0) return INVALID;
  for (int p = 0; p < functions[i].ints; p++, n++)
    sprintf(text + strlen(text), " %d", *(int *)arguments[n]);
  for (int p = 0; p < functions[i].floats; p++, n++)
    sprintf(text + strlen(text), " %.6g", *(float *)arguments[n]);
  if (!strcmp(functions[i].name, "errors")) {
    int records = *(int *)arguments[16], record = *(int *)arguments[17];
    for (unsigned m = 0; m < y; m++) (*(float **)arguments[9])[m * records + record] = 0.5f;
  }
  say("%s %ux%u of %u:%s", functions[i].name, x, y, bx, text);
  return 0;
}

/* Busy at first, as a device is. */
int cuStreamQuery(void *stream) {
  static int asked;
  ENTER(1)
  return stream ? INVALID : ++asked % 3 == 1 ? NOT_READY : 0;
}
int cuGetErrorName(int code, const char **name) {
  static const struct { int code; const char *name; } names[] = {
      {1, "CUDA_ERROR_INVALID_VALUE"}, {2, "CUDA_ERROR_OUT_OF_MEMORY"}, {34, "CUDA_ERROR_STUB_LIBRARY"},
      {100, "CUDA_ERROR_NO_DEVICE"}, {218, "CUDA_ERROR_INVALID_PTX"}, {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"},
      {719, "CUDA_ERROR_LAUNCH_FAILED"}, {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"}};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].code == code) {
      *name = names[i].name;
      return 0;
    }
  return INVALID;
}
