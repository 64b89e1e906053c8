#include "span.h"

struct span *span_overlap(struct span *tree, uint64_t start, uint64_t end) {
  while (tree != NULL) {
    if (end <= tree->start) {
      tree = tree->left;
    } else if (start >= tree->end) {
      tree = tree->right;
    } else {
      return tree;
    }
  }
  return NULL;
}

static void split(struct span *tree, uint64_t start, struct span **left, struct span **right) {
  if (tree == NULL) {
    *left = *right = NULL;
  } else if (tree->start < start) {
    split(tree->right, start, &tree->right, right);
    *left = tree;
  } else {
    split(tree->left, start, left, &tree->left);
    *right = tree;
  }
}

static struct span *merge(struct span *left, struct span *right) {
  if (left == NULL) return right;
  if (right == NULL) return left;
  if (left->priority > right->priority) {
    left->right = merge(left->right, right);
    return left;
  }
  right->left = merge(left, right->left);
  return right;
}

/* A hash of the address: the tree's shape need not depend on the program's seed. */
static uint32_t priority_of(uint64_t start) {
  start *= 0x9E3779B97F4A7C15ull;
  return (uint32_t)(start >> 32);
}

void span_insert(struct span **tree, struct span *span) {
  span->priority = priority_of(span->start);
  struct span **at = tree;
  while (*at != NULL && (*at)->priority >= span->priority) {
    at = span->start < (*at)->start ? &(*at)->left : &(*at)->right;
  }
  split(*at, span->start, &span->left, &span->right);
  *at = span;
  span->linked = true;
}

void span_remove(struct span **tree, struct span *span) {
  if (!span->linked) return;
  struct span **at = tree;
  while (*at != span) at = span->start < (*at)->start ? &(*at)->left : &(*at)->right;
  *at = merge(span->left, span->right);
  span->linked = false;
}
