/*
 * Stands before the real OpenCL, which it is linked to: what is not here is answered there. Processors call
 * themselves GPUs, so that `auto` may take PoCL's. Some calls are written to the file that MOCK_OPENCL_LOG names.
 * MOCK_OPENCL_SOURCE replaces the source of programs; MOCK_OPENCL_FAIL="code@from-to" lets these calls of
 * clFinish (from 1) answer a code.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CPU = 2, GPU = 4, NONE = -1 };
#define REAL(type, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, __func__))

static const char *setting(const char *name) {
  const char *text = getenv(name);
  return text && *text ? text : NULL;
}

static void say(const char *format, ...) {
  const char *path = setting("MOCK_OPENCL_LOG");
  FILE *file = path ? fopen(path, "a") : NULL;
  if (!file) return;
  va_list list;
  va_start(list, format);
  vfprintf(file, format, list);
  va_end(list);
  fputc('\n', file);
  fclose(file);
}

int clGetDeviceIDs(void *platform, uint64_t kind, uint32_t most, void **devices, uint32_t *count) {
  if (kind != GPU) return NONE;
  return REAL(int, void *, uint64_t, uint32_t, void **, uint32_t *)(platform, CPU, most, devices, count);
}

void *clCreateProgramWithSource(void *context, uint32_t count, const char **texts, const size_t *sizes, int *status) {
  const char *other = setting("MOCK_OPENCL_SOURCE");
  return REAL(void *, void *, uint32_t, const char **, const size_t *, int *)(
    context, other ? 1 : count, other ? &other : texts, other ? NULL : sizes, status);
}

int clBuildProgram(void *program, uint32_t count, void *devices, const char *options, void *done, void *data) {
  say("clBuildProgram %s", options);
  return REAL(int, void *, uint32_t, void *, const char *, void *, void *)(program, count, devices, options, done, data);
}

int clEnqueueNDRangeKernel(void *queue, void *kernel, uint32_t dimensions, const size_t *offset, const size_t *all,
                           const size_t *local, uint32_t waits, void *events, void *event) {
  say("launch over %zu", all[1]);
  return REAL(int, void *, void *, uint32_t, const size_t *, const size_t *, const size_t *, uint32_t, void *, void *)(
    queue, kernel, dimensions, offset, all, local, waits, events, event);
}

int clReleaseContext(void *context) {
  say("clReleaseContext");
  return REAL(int, void *)(context);
}

int clFinish(void *queue) {
  static char counted[64];
  static int calls;
  const char *wanted = setting("MOCK_OPENCL_FAIL");
  int code, from, to, answer = REAL(int, void *)(queue);
  if (!wanted || sscanf(wanted, "%d@%d-%d", &code, &from, &to) < 3) {
    counted[0] = 0;
    return answer;
  }
  if (strcmp(counted, wanted)) {
    strncpy(counted, wanted, sizeof counted - 1);
    calls = 0;
  }
  calls++;
  return calls >= from && calls <= to ? code : answer;
}
