/*
 * Violations are formatted when they happen and kept in a fixed array, so that the report at the
 * end of the process needs neither the heap nor a lock that a killed thread may hold.
 */
#include "double.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "control-data.h"

enum { KEPT = 1000, RULES = 27, LISTED_REQUESTS = 50 };

static struct {
  volatile LONG ready;
  char line[320];
} kept[KEPT];
static volatile LONG recorded;
static volatile LONG recorded_by_rule[RULES];
static char note[200];
static WCHAR file[MAX_PATH];

struct name name_of(const char *kind, uint64_t value) {
  struct name name;
  snprintf(name.text, sizeof name.text, "%s:0x%llx", kind, (unsigned long long)value);
  return name;
}

void violation(int rule, const char *call, struct name object, const char *format, ...) {
  LONG index = InterlockedIncrement(&recorded) - 1;
  InterlockedIncrement(&recorded_by_rule[rule]);
  if (index < KEPT) {
    int length = snprintf(kept[index].line, sizeof kept[index].line, "violation: %d %s %s ", rule,
                          call, object.text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(kept[index].line + length, sizeof kept[index].line - (size_t)length, format,
              arguments);
    va_end(arguments);
    InterlockedExchange(&kept[index].ready, 1);
  }
  if (modes.strict) {
    report_at_exit();
    TerminateProcess(GetCurrentProcess(), 3);
  }
}

void report_reset(void) {
  for (int i = 0; i < KEPT; i++) kept[i].ready = 0;
  for (int i = 0; i < RULES; i++) recorded_by_rule[i] = 0;
  recorded = 0;
  note[0] = 0;
}

void report_note(const char *text) { snprintf(note, sizeof note, "%s", text); }

long long violation_count(int rule) {
  if (rule == 0) return recorded;
  return rule > 0 && rule < RULES ? recorded_by_rule[rule] : -1;
}

/* ---- the text ---- */

struct text {
  char *buffer;
  int size, length; /* the length goes on counting behind the size */
};

static void add(struct text *text, const char *words) {
  for (; *words != 0; words++) {
    if (text->length < text->size - 1) text->buffer[text->length] = *words;
    text->length++;
  }
}

static void add_number(struct text *text, uint64_t number, unsigned base) {
  char digits[24], *at = digits + sizeof digits - 1;
  *at = 0;
  do {
    *--at = "0123456789abcdef"[number % base];
    number /= base;
  } while (number != 0);
  if (base == 16) add(text, "0x");
  add(text, at);
}

static void add_object(struct text *text, const struct object *object) {
  add(text, "live: ");
  add(text, kind_name(object->kind));
  add(text, " ");
  add(text, kind_name(object->kind));
  add(text, ":");
  add_number(text, object->handle, 16);
  add(text, " ");
}

static void add_cq(struct text *text, const struct cq *cq) {
  add_object(text, &cq->object);
  add(text, "size ");
  add_number(text, cq->size, 10);
  add(text, ", claimed ");
  add_number(text, cq->claimed, 10);
  add(text, ", to be dequeued ");
  add_number(text, cq->done.count, 10);
  add(text, cq->armed ? ", armed\n" : "\n");
}

static void add_rq(struct text *text, const struct rq *rq) {
  add_object(text, &rq->object);
  add(text, "socket ");
  add_number(text, rq->socket, 16);
  add(text, ", receives outstanding ");
  add_number(text, rq->outstanding[RECEIVE], 10);
  add(text, ", sends outstanding ");
  add_number(text, rq->outstanding[SEND], 10);
  add(text, "\n");
}

static void add_buffer(struct text *text, const struct buffer *buffer) {
  add_object(text, &buffer->object);
  add(text, "at ");
  add_number(text, buffer->start, 16);
  add(text, ", bytes ");
  add_number(text, buffer->length, 10);
  add(text, ", referring requests ");
  add_number(text, buffer->requests, 10);
  add(text, "\n");
}

static void add_request(struct text *text, const struct request *request) {
  static const char *const states[] = {"free",      "deferred and never committed",
                                       "waiting",   "being performed",
                                       "held back", "done and never dequeued"};
  add(text, "live: request ");
  add(text, request->direction == SEND ? "send" : "receive");
  add(text, ":");
  add_number(text, request->number, 10);
  add(text, " context ");
  add_number(text, request->context, 16);
  add(text, ", rq:");
  add_number(text, request->rq->object.handle, 16);
  add(text, ", ");
  add(text, states[request->state]);
  add(text, "\n");
}

static void add_live(struct text *text) {
  for (int kind = KIND_CQ; kind < KINDS; kind++) {
    struct object *object;
    for (uint32_t i = 0; (object = object_at(kind, i)) != NULL; i++) {
      if (!object->live) continue;
      if (kind == KIND_CQ) add_cq(text, (struct cq *)object);
      if (kind == KIND_RQ) add_rq(text, (struct rq *)object);
      if (kind == KIND_BUFFER) add_buffer(text, (struct buffer *)object);
    }
  }
  uint32_t listed = 0;
  struct request *request;
  for (uint32_t i = 0; listed < LISTED_REQUESTS && (request = request_at(i)) != NULL; i++) {
    if (request->state == FREE) continue;
    add_request(text, request);
    listed++;
  }
}

static long long live(void) {
  return live_objects(KIND_CQ) + live_objects(KIND_RQ) + live_objects(KIND_BUFFER) +
         live_requests();
}

/* With the lock, or at the end of the process. */
static int write_report(char *buffer, int size) {
  struct text text = {buffer, size, 0};
  add(&text, "rio-double: violations=");
  add_number(&text, (uint64_t)recorded, 10);
  add(&text, " live=");
  add_number(&text, (uint64_t)live(), 10);
  add(&text, "\n");
  for (LONG i = 0; i < recorded && i < KEPT; i++) {
    if (!kept[i].ready) continue;
    add(&text, kept[i].line);
    add(&text, "\n");
  }
  if (recorded > KEPT) add(&text, "note: only the first violations are listed\n");
  add_live(&text);
  if (control_last() != NULL) {
    add(&text, "control: ");
    add(&text, control_last());
    add(&text, "\n");
  }
  if (note[0] != 0) {
    add(&text, "note: ");
    add(&text, note);
    add(&text, "\n");
  }
  if (size > 0) buffer[text.length < size ? text.length : size - 1] = 0;
  return text.length;
}

int report_text(char *buffer, int size) {
  lock();
  int length = write_report(buffer, size);
  unlock();
  return length;
}

/* ---- at the end ---- */

void report_file_from_environment(void) {
  WCHAR value[MAX_PATH];
  DWORD length = GetEnvironmentVariableW(L"RIO_DOUBLE_REPORT", value, MAX_PATH);
  if (length == 0 || length >= MAX_PATH - 12) return;
  WCHAR *to = file;
  for (WCHAR *from = value; *from != 0; from++) {
    if (from[0] == '%' && from[1] == 'p') {
      char id[12];
      snprintf(id, sizeof id, "%lu", GetCurrentProcessId());
      for (char *digit = id; *digit != 0; digit++) *to++ = (WCHAR)*digit;
      from++;
    } else {
      *to++ = *from;
    }
  }
  *to = 0;
}

void report_at_exit(void) {
  static char text[512 * 1024];
  if (file[0] == 0 && recorded == 0 && live() == 0 && note[0] == 0) return;
  int length = write_report(text, sizeof text);
  if (length >= (int)sizeof text) length = sizeof text - 1;
  HANDLE target = file[0] == 0 ? INVALID_HANDLE_VALUE
                               : CreateFileW(file, GENERIC_WRITE, FILE_SHARE_READ, NULL,
                                             CREATE_ALWAYS, 0, NULL);
  if (target == INVALID_HANDLE_VALUE) target = GetStdHandle(STD_ERROR_HANDLE);
  DWORD written;
  WriteFile(target, text, (DWORD)length, &written, NULL);
}
