#include "handles.h"

#include <stdlib.h>
#include <string.h>

#include "queues.h"

enum { CHUNK = 1024, CHUNKS = 1024 };

static struct {
  const char *name;
  size_t size;
  char *volatile chunks[CHUNKS];
  uint32_t used;
  struct object *free, *last_free;
  long long live;
} tables[KINDS] = {
    [KIND_CQ] = {.name = "cq", .size = sizeof(struct cq)},
    [KIND_RQ] = {.name = "rq", .size = sizeof(struct rq)},
    [KIND_BUFFER] = {.name = "buffer", .size = sizeof(struct buffer)},
};

/*
 * low:  a small number, kind, generation and index.
 * high: bit 31 is set, so that a sign extension from 32 bits changes it, and for queues and every
 * second buffer also upper bits, so that a zero extension does (and no queue is an address a
 * program could follow).
 */
static uint64_t encode(const struct object *object) {
  uint64_t value = ((uint64_t)object->kind << 28) | ((uint64_t)(object->generation & 0xFF) << 20) |
                   object->index;
  if (!modes.high_handles || MUTANT(231)) return value;
  value |= 0x80000000ull;
  return object->kind != KIND_BUFFER || object->index % 2 == 1 ? value | 0xD0B1000000000000ull
                                                               : value;
}

static struct object *slot(enum kind kind, uint32_t index) {
  if (index >= CHUNK * CHUNKS) return NULL;
  char *chunk = tables[kind].chunks[index / CHUNK];
  return chunk == NULL ? NULL : (struct object *)(chunk + index % CHUNK * tables[kind].size);
}

static struct object *take_slot(enum kind kind) {
  struct object *object = tables[kind].free;
  if (object != NULL) {
    tables[kind].free = object->next_free;
    if (tables[kind].free == NULL) tables[kind].last_free = NULL;
    return object;
  }
  uint32_t index = tables[kind].used;
  if (index == CHUNK * CHUNKS) return NULL;
  if (tables[kind].chunks[index / CHUNK] == NULL) {
    char *chunk = calloc(CHUNK, tables[kind].size);
    if (chunk == NULL) return NULL;
    tables[kind].chunks[index / CHUNK] = chunk;
  }
  tables[kind].used++;
  object = slot(kind, index);
  object->index = index;
  object->kind = kind;
  return object;
}

void *object_open(enum kind kind) {
  struct object *object = take_slot(kind);
  if (object == NULL) return NULL;
  memset(object + 1, 0, tables[kind].size - sizeof *object);
  object->generation++;
  object->references = 0;
  object->next_free = NULL;
  object->handle = encode(object);
  object->live = 1;
  tables[kind].live++;
  return object;
}

static void give_back(struct object *object) {
  if (object->live || object->references > 0) return;
  if (tables[object->kind].last_free != NULL) {
    tables[object->kind].last_free->next_free = object;
  } else {
    tables[object->kind].free = object;
  }
  tables[object->kind].last_free = object;
  object->next_free = NULL;
}

void object_close(void *it) {
  struct object *object = it;
  object->live = 0;
  tables[object->kind].live--;
  give_back(object);
}

void object_hold(void *it) { ((struct object *)it)->references++; }

void object_release(void *it) {
  struct object *object = it;
  object->references--;
  give_back(object);
}

void *object_at(enum kind kind, uint32_t index) {
  return index < tables[kind].used ? slot(kind, index) : NULL;
}

void *object_peek(enum kind kind, uint64_t handle) {
  return ((uint32_t)handle >> 28 & 7) == kind ? slot(kind, (uint32_t)handle & 0xFFFFF) : NULL;
}

void *object_find(enum kind kind, uint64_t handle, int rule, const char *call) {
  struct object *object = object_peek(kind, handle);
  if (object != NULL && object->live && object->handle == handle) return object;
  if (MUTANT(230) && object != NULL && object->live) return object;
  struct name name = name_of(tables[kind].name, handle);
  if (object != NULL && object->live && (uint32_t)object->handle == (uint32_t)handle) {
    violation(23, call, name, "all 64 bits count: this is 0x%llx after a cut or a sign extension",
              (unsigned long long)object->handle);
  } else if (object != NULL && object->generation > 0) {
    violation(rule, call, name, "this %s is closed", tables[kind].name);
  } else {
    violation(rule, call, name, "there never was such a %s", tables[kind].name);
  }
  return NULL;
}

void object_enter(void *it, const char *call) {
  struct object *object = it;
  if (object == NULL) return;
  LONG before = InterlockedIncrement(&object->inside) - 1;
  LONG other = InterlockedExchange(&object->insider, (LONG)GetCurrentThreadId());
  if (before > 0 && !MUTANT(object->kind == KIND_CQ ? 150 : 151)) {
    violation(15, call, object_name(object),
              "thread %lu came in while another was inside (before it came thread %lu)",
              GetCurrentThreadId(), (unsigned long)other);
  }
}

void object_leave(void *it) {
  if (it != NULL) InterlockedDecrement(&((struct object *)it)->inside);
}

struct name object_name(const void *it) {
  const struct object *object = it;
  return name_of(tables[object->kind].name, object->handle);
}

const char *kind_name(enum kind kind) { return tables[kind].name; }

long long live_objects(enum kind kind) { return tables[kind].live; }
