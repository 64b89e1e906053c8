/* Address ranges that do not overlap, in a treap ordered by address: every operation takes O(log
 * n). */
#ifndef SPAN_H
#define SPAN_H

#include "double.h"

struct request;

struct span {
  uint64_t start, end;
  struct span *left, *right;
  struct request *owner;
  uint32_t priority;
  bool linked;
};

struct span *span_overlap(struct span *tree, uint64_t start,
                          uint64_t end);                 /* one that does, or NULL */
void span_insert(struct span **tree, struct span *span); /* overlaps none */
void span_remove(struct span **tree, struct span *span); /* no-op when not linked */

#endif
