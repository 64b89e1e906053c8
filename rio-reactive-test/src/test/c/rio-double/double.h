/*
 * What every part of the double knows: the lock, the rules, the counters and the modes.
 *
 * One lock guards all objects. Only three things happen outside it: the entry counters of queues
 * (rule 15 must see two threads at once, so they are touched before the lock), the Winsock calls of
 * the worker, and the list of violations (it is read when the process ends and other threads are
 * gone).
 */
#ifndef DOUBLE_H
#define DOUBLE_H

#include "rio-abi.h"

enum direction { RECEIVE, SEND };

extern CRITICAL_SECTION double_lock;
static inline void lock(void) { EnterCriticalSection(&double_lock); }
static inline void unlock(void) { LeaveCriticalSection(&double_lock); }

/* A build with -DMUTANTS can switch one check off, by its number in RIO_DOUBLE_MUTANT: rule times
 * ten plus a variant. */
#ifdef MUTANTS
extern int active_mutant;
#define MUTANT(number) (active_mutant == (number))
#else
#define MUTANT(number) false
#endif

/* ---- violations (report.c) ---- */

struct name {
  char text[40];
};
struct name name_of(const char *kind, uint64_t value);

/* Records one; in strict mode the process ends here. `object` is a single word. */
void violation(int rule, const char *call, struct name object, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void report_reset(void);
void report_note(const char *text);
int report_text(char *buffer, int size);
void report_at_exit(void);
void report_file_from_environment(void);
long long violation_count(int rule); /* rule 0: all */

/* ---- counters (counters.c) ---- */

enum counter {
  COUNT_RECEIVE,
  COUNT_RECEIVE_EX,
  COUNT_SEND,
  COUNT_SEND_EX,
  COUNT_CLOSE_CQ,
  COUNT_CREATE_CQ,
  COUNT_CREATE_RQ,
  COUNT_DEQUEUE,
  COUNT_DEREGISTER,
  COUNT_NOTIFY,
  COUNT_REGISTER,
  COUNT_RESIZE_CQ,
  COUNT_RESIZE_RQ,
  COUNT_QUERY,
  COUNT_SOCKET,
  COUNT_CLOSESOCKET,
  COUNT_BIND,
  COUNT_COMMITS_RECEIVE,
  COUNT_COMMITS_SEND,
  COUNT_POSTS_RECEIVE,
  COUNT_POSTS_SEND,
  COUNT_COMPLETIONS,
  COUNT_NOTIFICATIONS,
  COUNT_DATAGRAMS_RECEIVED,
  COUNT_DATAGRAMS_SENT,
  COUNT_RECEIVED_WITH_CONTROL,
  COUNT_SENDS_WITH_CONTROL,
  COUNT_SENDS_WITH_SOURCE,
  COUNT_SENDS_FROM_SOURCE,
  COUNTERS
};
void count(enum counter which);
void counters_reset(void);
long long counter_value(const char *name);

/* ---- modes and faults (modes.c); all under the lock ---- */

enum fault {
  FAULT_RECEIVE,
  FAULT_SEND,
  FAULT_POST_RECEIVE,
  FAULT_POST_SEND,
  FAULT_REGISTER,
  FAULT_CREATE_CQ,
  FAULT_RESIZE_CQ,
  FAULT_CREATE_RQ,
  FAULT_QUERY,
  FAULT_SOCKET,
  FAULT_NOTIFY,
  FAULT_CORRUPT_CQ,
  FAULTS
};

enum exclusivity { EXCLUSIVE_SLICE, EXCLUSIVE_REGISTRATION, EXCLUSIVE_STRICT };
enum control_mode { CONTROL_NORMAL, CONTROL_NONE, CONTROL_GARBAGE };

struct modes {
  bool shuffled, defer_now, protect, strict, partial, spurious, high_handles;
  bool hold[2];
  enum exclusivity exclusivity;
  enum control_mode control;
  uint64_t seed;
  struct {
    int code;
    uint32_t after, times;
  } faults[FAULTS];
};
extern struct modes modes;

bool mode_command(const char *command); /* false: not understood */
void modes_from_environment(void);
void modes_reset(void);
bool fault_due(enum fault which, int *code); /* uses the fault up */
uint32_t random_below(uint32_t bound);

#endif
