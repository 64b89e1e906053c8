#include "double.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queues.h"
#include "worker.h"

struct modes modes;
static struct modes at_load;

static const struct {
  const char *name;
  int code; /* when none is given */
} fault_names[FAULTS] = {
    [FAULT_RECEIVE] = {"receive", WSAECONNRESET},
    [FAULT_SEND] = {"send", WSAECONNRESET},
    [FAULT_POST_RECEIVE] = {"post-receive", WSAENOBUFS},
    [FAULT_POST_SEND] = {"post-send", WSAENOBUFS},
    [FAULT_REGISTER] = {"register", WSAENOBUFS},
    [FAULT_CREATE_CQ] = {"create-cq", WSAENOBUFS},
    [FAULT_RESIZE_CQ] = {"resize-cq", WSAENOBUFS},
    [FAULT_CREATE_RQ] = {"create-rq", WSAEOPNOTSUPP},
    [FAULT_QUERY] = {"query", WSAEOPNOTSUPP},
    [FAULT_SOCKET] = {"socket", WSAEINVAL},
    [FAULT_NOTIFY] = {"notify", WSAEINVAL},
    [FAULT_CORRUPT_CQ] = {"corrupt-cq", 0},
};

bool fault_due(enum fault which, int *code) {
  if (modes.faults[which].times == 0 || MUTANT(210)) return false;
  if (modes.faults[which].after > 0) {
    modes.faults[which].after--;
    return false;
  }
  modes.faults[which].times--;
  *code = modes.faults[which].code;
  return true;
}

/* splitmix64 */
uint32_t random_below(uint32_t bound) {
  uint64_t z = modes.seed += 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return (uint32_t)((z ^ (z >> 31)) % bound);
}

/* ---- commands ---- */

enum { WORDS = 8 };

static bool parse_number(const char *word, uint64_t *number) {
  char *end;
  *number = strtoull(word, &end, 0);
  return *word != 0 && *end == 0;
}

static bool parse_fault(char **words, int count) {
  int which = 0, at = 1;
  while (which < FAULTS && strcmp(words[0], fault_names[which].name) != 0) which++;
  if (which == FAULTS) return false;
  uint64_t number;
  int code = fault_names[which].code;
  uint32_t after = 0, times = 1;
  if (at < count && parse_number(words[at], &number)) {
    code = (int)number;
    at++;
  }
  for (; at + 1 < count && parse_number(words[at + 1], &number); at += 2) {
    if (strcmp(words[at], "after") == 0) {
      after = (uint32_t)number;
    } else if (strcmp(words[at], "times") == 0) {
      times = (uint32_t)number;
    } else {
      return false;
    }
  }
  if (at != count) return false;
  modes.faults[which].code = code;
  modes.faults[which].after = after;
  modes.faults[which].times = times;
  return true;
}

static bool choose(const char *word, const char *no, const char *yes, bool *mode) {
  if (strcmp(word, no) != 0 && strcmp(word, yes) != 0) return false;
  *mode = strcmp(word, yes) == 0;
  return true;
}

/* The place of a word in a list that ends with NULL; false: it is not there. */
static bool choose_of(const char *word, const char *const *names, int *mode) {
  for (int i = 0; names[i] != NULL; i++) {
    if (strcmp(word, names[i]) != 0) continue;
    *mode = i;
    return true;
  }
  return false;
}

static bool parse_exclusivity(const char *word) {
  int mode;
  if (!choose_of(word, (const char *const[]){"slice", "registration", "strict", NULL}, &mode))
    return false;
  modes.exclusivity = (enum exclusivity)mode;
  return true;
}

static bool parse_control(const char *word) {
  int mode;
  if (!choose_of(word, (const char *const[]){"normal", "none", "garbage", NULL}, &mode))
    return false;
  modes.control = (enum control_mode)mode;
  return true;
}

static bool parse(char **words, int count) {
  if (count >= 2 && strcmp(words[0], "fault") == 0) return parse_fault(words + 1, count - 1);
  if (count != 2) return false;
  const char *mode = words[0], *value = words[1];
  if (strcmp(mode, "order") == 0) return choose(value, "fifo", "shuffled", &modes.shuffled);
  if (strcmp(mode, "seed") == 0) return parse_number(value, &modes.seed);
  if (strcmp(mode, "defer") == 0) return choose(value, "late", "now", &modes.defer_now);
  if (strcmp(mode, "exclusivity") == 0) return parse_exclusivity(value);
  if (strcmp(mode, "protect") == 0) return choose(value, "off", "on", &modes.protect);
  if (strcmp(mode, "strict") == 0) return choose(value, "off", "on", &modes.strict);
  if (strcmp(mode, "partial") == 0) return choose(value, "off", "on", &modes.partial);
  if (strcmp(mode, "spurious") == 0) return choose(value, "off", "on", &modes.spurious);
  if (strcmp(mode, "handles") == 0) return choose(value, "low", "high", &modes.high_handles);
  if (strcmp(mode, "control") == 0) return parse_control(value);
  if (strcmp(mode, "hold-receives") == 0) return choose(value, "off", "on", &modes.hold[RECEIVE]);
  if (strcmp(mode, "hold-sends") == 0) return choose(value, "off", "on", &modes.hold[SEND]);
  return false;
}

bool mode_command(const char *command) {
  char copy[200], *words[WORDS], *rest = copy;
  int count = 0;
  if (strlen(command) >= sizeof copy) return false;
  strcpy(copy, command);
  for (char *word; (word = strtok_s(NULL, " \t", &rest)) != NULL;) {
    if (count == WORDS) return false;
    words[count++] = word;
  }
  return count > 0 && parse(words, count);
}

/* ---- the environment ---- */

static void command_from_environment(const char *variable, const char *mode) {
  char value[1000], command[200], *rest = value;
  DWORD length = GetEnvironmentVariableA(variable, value, sizeof value);
  if (length == 0 || length >= sizeof value) return;
  for (char *part; (part = strtok_s(NULL, ";", &rest)) != NULL;) {
    part += strspn(part, " ");
    if (*part == 0) continue;
    bool complete = strncmp(part, "fault ", 6) == 0 || strncmp(part, "hold-", 5) == 0;
    snprintf(command, sizeof command, "%s%s%s", complete ? "" : mode, complete ? "" : " ", part);
    if (!mode_command(command)) report_note(command);
  }
}

void modes_from_environment(void) {
  modes = (struct modes){.exclusivity = EXCLUSIVE_STRICT, .high_handles = true, .seed = 1};
  command_from_environment("RIO_DOUBLE_ORDER", "order");
  command_from_environment("RIO_DOUBLE_SEED", "seed");
  command_from_environment("RIO_DOUBLE_DEFER", "defer");
  command_from_environment("RIO_DOUBLE_EXCLUSIVITY", "exclusivity");
  command_from_environment("RIO_DOUBLE_PROTECT", "protect");
  command_from_environment("RIO_DOUBLE_STRICT", "strict");
  command_from_environment("RIO_DOUBLE_PARTIAL", "partial");
  command_from_environment("RIO_DOUBLE_SPURIOUS", "spurious");
  command_from_environment("RIO_DOUBLE_HANDLES", "handles");
  command_from_environment("RIO_DOUBLE_CONTROL", "control");
  command_from_environment("RIO_DOUBLE_FAULT", "fault");
  at_load = modes;
}

void modes_reset(void) { modes = at_load; }
