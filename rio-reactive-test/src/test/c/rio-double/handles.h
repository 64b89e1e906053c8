/*
 * Handles of completion queues, request queues and registered buffers. An object never moves and
 * its memory is never given back, so a stale handle can always be looked at; its slot is used again
 * only when nothing refers to it.
 */
#ifndef HANDLES_H
#define HANDLES_H

#include "double.h"

enum kind { KIND_CQ = 1, KIND_RQ, KIND_BUFFER, KINDS };

struct object {
  uint64_t handle;
  uint32_t index, generation;
  enum kind kind;
  volatile LONG live;    /* the handle is valid */
  volatile LONG inside;  /* threads in a call on this object now */
  volatile LONG insider; /* the id of the one that came last */
  uint32_t references;   /* what still points here, apart from the handle */
  struct object *next_free;
};

/* Under the lock. NULL: the table is full. Everything behind the struct object is zero. */
void *object_open(enum kind kind);
void object_close(void *object);   /* the handle is dead from now on */
void object_hold(void *object);    /* one more reference */
void object_release(void *object); /* one less; a dead object without any is used again */
void *object_at(enum kind kind, uint32_t index); /* NULL behind the last; also dead ones */

/* Without the lock: a hint, to be confirmed by object_find under it. NULL: no such slot. */
void *object_peek(enum kind kind, uint64_t handle);
/* Under the lock: the live object, or NULL after a violation of `rule` (or of 23, when the handle
 * was mangled). */
void *object_find(enum kind kind, uint64_t handle, int rule, const char *call);

/* Rule 15: between these two no other thread may be. Both accept NULL. */
void object_enter(void *object, const char *call);
void object_leave(void *object);

struct name object_name(const void *object);
const char *kind_name(enum kind kind);
long long live_objects(enum kind kind);

#endif
