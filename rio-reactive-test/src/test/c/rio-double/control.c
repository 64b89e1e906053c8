/* The three exports by which a test steers the double and reads what it saw. */
#include "control-data.h"

#include <stdio.h>
#include <string.h>

#include "worker.h"

static void reset(void) {
  modes_reset();
  report_reset();
  counters_reset();
  control_reset();
}

/* Modes decide when something completes, so a change may let waiting requests go on. */
static void apply(void) {
  for (int direction = RECEIVE; direction <= SEND; direction++) {
    if (!modes.hold[direction]) release_held((enum direction)direction);
  }
  struct rq *rq;
  for (uint32_t i = 0; (rq = object_at(KIND_RQ, i)) != NULL; i++) {
    if (rq->object.live) worker_schedule(rq);
  }
}

int RioDoubleControl(const char *command) {
  lock();
  bool understood = true;
  if (strcmp(command, "reset") == 0) {
    reset();
  } else if (!mode_command(command)) {
    understood = false;
    char note[200];
    snprintf(note, sizeof note, "not understood: %s", command);
    report_note(note);
  }
  if (understood) apply();
  unlock();
  return understood ? 0 : 1;
}

int RioDoubleReport(char *buffer, int size) { return report_text(buffer, size); }

long long RioDoubleCount(const char *name) {
  lock();
  long long value = counter_value(name);
  unlock();
  return value;
}
