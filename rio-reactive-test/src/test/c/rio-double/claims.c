/*
 * What a request holds of the program's memory from its post until it is dequeued, and the rules on
 * that: overlapping receives (12), poison and hidden pages (12), exclusive sends (13), memory that
 * is gone (14).
 */
#include "memory.h"
#include "queues.h"

static struct span *receive_spans; /* what the kernel may write: every part of a pending receive */
static struct span *send_spans;    /* the data of pending sends */
static uint32_t hidden;            /* requests with hidden pages */

static unsigned long long number_of(const struct span *span) {
  return (unsigned long long)span->owner->number;
}

/* ---- rule 13 ---- */

static bool is_exclusive_send(struct request *send, const char *call) {
  struct slice *data = &send->parts[DATA];
  if (data->buffer != NULL) {
    struct span *same = span_overlap(send_spans, data->start, data->start + data->length);
    if (same != NULL && !MUTANT(130)) {
      violation(13, call, object_name(data->buffer), "the pending send %llu has the same slice",
                number_of(same));
      return false;
    }
    if (modes.exclusivity >= EXCLUSIVE_REGISTRATION && data->buffer->sends_data > 0 &&
        !MUTANT(131)) {
      violation(13, call, object_name(data->buffer),
                "another pending send has the same registration");
      return false;
    }
  }
  for (int i = 0; i < PARTS && send->buffers[i] != NULL && modes.exclusivity == EXCLUSIVE_STRICT;
       i++) {
    if (send->buffers[i]->requests > 0 && !MUTANT(132)) {
      violation(13, call, object_name(send->buffers[i]),
                "another pending request refers to this send's registration");
      return false;
    }
  }
  return true;
}

static bool respects_sends(struct request *receive, const char *call) {
  for (int i = 0; i < PARTS && receive->buffers[i] != NULL && modes.exclusivity == EXCLUSIVE_STRICT;
       i++) {
    if (receive->buffers[i]->sends > 0 && !MUTANT(133)) {
      violation(13, call, object_name(receive->buffers[i]),
                "it is the registration of a pending send");
      return false;
    }
  }
  return true;
}

/* ---- rule 12: overlaps ---- */

static void report_overlap(struct request *request, struct span *with, const char *call,
                           struct buffer *buffer) {
  request->unchecked = with->owner->unchecked = true;
  if (MUTANT(120)) return;
  violation(12, call, object_name(buffer), "the slice 0x%llx+%llu overlaps the pending %s %llu",
            (unsigned long long)with->start, (unsigned long long)(with->end - with->start),
            with->owner->direction == SEND ? "send" : "receive", number_of(with));
}

static void link_spans(struct request *request, bool exclusive, const char *call) {
  for (int part = 0; part < PARTS; part++) {
    struct slice *slice = &request->parts[part];
    if (slice->buffer == NULL || slice->length == 0) continue;
    uint64_t end = slice->start + slice->length;
    struct span *written = span_overlap(receive_spans, slice->start, end);
    if (written != NULL) {
      if (exclusive) report_overlap(request, written, call, slice->buffer);
      request->unchecked = written->owner->unchecked = true;
      continue;
    }
    struct span *sent = span_overlap(send_spans, slice->start, end);
    if (sent != NULL) {
      if (exclusive && request->direction == RECEIVE)
        report_overlap(request, sent, call, slice->buffer);
      request->unchecked = sent->owner->unchecked = true;
    }
    bool to_sends = request->direction == SEND;
    if (to_sends && (part != DATA || sent != NULL)) continue;
    request->spans[part] = (struct span){.start = slice->start, .end = end, .owner = request};
    span_insert(to_sends ? &send_spans : &receive_spans, &request->spans[part]);
  }
}

/* ---- rule 12: poison, hidden pages; rule 14: memory that is gone ---- */

static char poison_of(const struct request *request) {
  return (char)(0x80 | (request->number & 0x7F));
}

static void report_gone(struct request *request, struct slice *slice, const char *call) {
  if (!MUTANT(141))
    violation(14, call, object_name(slice->buffer), "memory of the pending request %llu was freed",
              (unsigned long long)request->number);
  slice->buffer = NULL;
}

static void poison(struct request *request, const char *call) {
  for (int part = 0; part < PARTS; part++) {
    struct slice *slice = &request->parts[part];
    if (slice->buffer == NULL || request->unchecked) continue;
    if (!fill_guarded(slice->start, poison_of(request), slice->length))
      report_gone(request, slice, call);
  }
  struct slice *data = &request->parts[DATA];
  if (modes.protect && !request->unchecked && data->buffer != NULL && !MUTANT(122) &&
      hide_pages(data->start, data->length)) {
    request->hidden = true;
    hidden++;
  }
}

static void unhide(struct request *request) {
  if (!request->hidden) return;
  request->hidden = false;
  hidden--;
  show_pages(request->parts[DATA].start, request->parts[DATA].length);
}

void claim_end_poison(struct request *request) {
  unhide(request);
  for (int part = 0; part < PARTS; part++) {
    struct slice *slice = &request->parts[part];
    if (slice->buffer == NULL) continue;
    enum scan scan = scan_guarded(slice->start, poison_of(request), slice->length);
    if (scan == SCAN_FAULT) {
      report_gone(request, slice, "completion");
    } else if (scan == SCAN_DIFFERENT && !request->unchecked && !MUTANT(121)) {
      violation(12, "completion", object_name(slice->buffer),
                "a slice of the posted receive %llu was written to",
                (unsigned long long)request->number);
    }
  }
}

bool unhide_touched(uint64_t address, bool write) {
  if (hidden == 0)
    return false; /* read without the lock: the one who touches a page knows that it was hidden
                     before */
  lock();
  struct span *span = span_overlap(receive_spans, address, address + 1);
  bool found = span != NULL && span->owner->hidden;
  if (found) {
    struct request *request = span->owner;
    unhide(request);
    request->unchecked = true;
    violation(12, "memory", name_of("address", address), "a page of the posted receive %llu was %s",
              (unsigned long long)request->number, write ? "written" : "read");
  }
  unlock();
  return found;
}

/* What a send shall send: its data and its control data. */
static void checksum_of(struct request *send, enum part part, const char *call,
                        uint64_t *checksum) {
  struct slice *slice = &send->parts[part];
  if (slice->buffer != NULL && !checksum_guarded(slice->start, slice->length, checksum))
    report_gone(send, slice, call);
}

static void check_part_of_send(struct request *send, enum part part, uint64_t before) {
  uint64_t now;
  checksum_of(send, part, "completion", &now);
  struct slice *slice = &send->parts[part];
  if (slice->buffer == NULL || now == before || (part == DATA ? MUTANT(123) : MUTANT(124))) return;
  violation(12, "completion", object_name(slice->buffer),
            "the %s slice of the pending send %llu was written to",
            part == DATA ? "data" : "control", (unsigned long long)send->number);
}

void claim_check_send(struct request *request) {
  if (request->unchecked) return;
  check_part_of_send(request, DATA, request->checksum);
  check_part_of_send(request, CONTROL, request->control_checksum);
}

/* ---- from post to dequeue ---- */

static void list_buffers(struct request *request) {
  int listed = 0;
  for (int part = 0; part < PARTS; part++) {
    struct buffer *buffer = request->parts[part].buffer;
    bool known = buffer == NULL;
    for (int i = 0; i < listed; i++) known |= request->buffers[i] == buffer;
    if (!known) request->buffers[listed++] = buffer;
  }
}

void claim_memory(struct request *request, const char *call) {
  bool is_send = request->direction == SEND;
  list_buffers(request);
  bool exclusive = is_send ? is_exclusive_send(request, call) : respects_sends(request, call);
  link_spans(request, exclusive, call);
  struct slice *data = &request->parts[DATA];
  if (is_send && data->buffer != NULL) {
    request->data_buffer = data->buffer;
    data->buffer->sends_data++;
    checksum_of(request, DATA, call, &request->checksum);
  }
  if (is_send) checksum_of(request, CONTROL, call, &request->control_checksum);
  for (int i = 0; i < PARTS && request->buffers[i] != NULL; i++) {
    request->buffers[i]->requests++;
    if (is_send) request->buffers[i]->sends++;
    object_hold(request->buffers[i]);
  }
  if (!is_send) poison(request, call);
}

void release_memory(struct request *request) {
  bool is_send = request->direction == SEND;
  unhide(request);
  for (int part = 0; part < PARTS; part++) {
    span_remove(is_send ? &send_spans : &receive_spans, &request->spans[part]);
  }
  if (is_send && request->data_buffer != NULL) request->data_buffer->sends_data--;
  for (int i = 0; i < PARTS && request->buffers[i] != NULL; i++) {
    request->buffers[i]->requests--;
    if (is_send) request->buffers[i]->sends--;
    object_release(request->buffers[i]);
  }
}

/* After a deregistration under pending requests (rule 14) their memory may be anything: leave it
 * alone. */
void forget_buffer(struct buffer *buffer) {
  struct request *request;
  for (uint32_t i = 0; (request = request_at(i)) != NULL; i++) {
    if (request->state == FREE) continue;
    if (request->parts[DATA].buffer == buffer) unhide(request);
    for (int part = 0; part < PARTS; part++) {
      if (request->parts[part].buffer != buffer) continue;
      request->parts[part].buffer = NULL;
      span_remove(request->direction == SEND ? &send_spans : &receive_spans, &request->spans[part]);
    }
  }
}
