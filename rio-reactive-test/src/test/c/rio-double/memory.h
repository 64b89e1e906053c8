/*
 * Touching the program's memory. It may be freed at any time (rule 14), so each access is guarded:
 * a fault ends the copy instead of the process. Pages of a posted slot can be hidden; who touches
 * them is reported and goes on.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "double.h"

void memory_start(void); /* once, before the rest */

bool copy_guarded(void *to, const void *from, size_t length); /* false: a fault */
bool fill_guarded(uint64_t at, char byte, size_t length);
enum scan { SCAN_EQUAL, SCAN_DIFFERENT, SCAN_FAULT };
enum scan scan_guarded(uint64_t at, char byte, size_t length); /* are all bytes this one? */
bool checksum_guarded(uint64_t at, size_t length, uint64_t *checksum);
bool is_readable_and_writable(uint64_t start, uint64_t length);

/* The whole pages inside a range. */
bool hide_pages(uint64_t start, uint64_t length); /* false: there is none */
void show_pages(uint64_t start, uint64_t length);

#endif
