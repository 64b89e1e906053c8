#include "queues.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[COUNTERS] = {
    [COUNT_RECEIVE] = "RIOReceive",
    [COUNT_RECEIVE_EX] = "RIOReceiveEx",
    [COUNT_SEND] = "RIOSend",
    [COUNT_SEND_EX] = "RIOSendEx",
    [COUNT_CLOSE_CQ] = "RIOCloseCompletionQueue",
    [COUNT_CREATE_CQ] = "RIOCreateCompletionQueue",
    [COUNT_CREATE_RQ] = "RIOCreateRequestQueue",
    [COUNT_DEQUEUE] = "RIODequeueCompletion",
    [COUNT_DEREGISTER] = "RIODeregisterBuffer",
    [COUNT_NOTIFY] = "RIONotify",
    [COUNT_REGISTER] = "RIORegisterBuffer",
    [COUNT_RESIZE_CQ] = "RIOResizeCompletionQueue",
    [COUNT_RESIZE_RQ] = "RIOResizeRequestQueue",
    [COUNT_QUERY] = "WSAIoctl",
    [COUNT_SOCKET] = "WSASocketW",
    [COUNT_CLOSESOCKET] = "closesocket",
    [COUNT_BIND] = "bind",
    [COUNT_COMMITS_RECEIVE] = "commits.receive",
    [COUNT_COMMITS_SEND] = "commits.send",
    [COUNT_POSTS_RECEIVE] = "posts.receive",
    [COUNT_POSTS_SEND] = "posts.send",
    [COUNT_COMPLETIONS] = "completions",
    [COUNT_NOTIFICATIONS] = "notifications",
    [COUNT_DATAGRAMS_RECEIVED] = "datagrams.received",
    [COUNT_DATAGRAMS_SENT] = "datagrams.sent",
    [COUNT_RECEIVED_WITH_CONTROL] = "datagrams.received.with.control",
    [COUNT_SENDS_WITH_CONTROL] = "sends.with.control",
    [COUNT_SENDS_WITH_SOURCE] = "sends.with.source",
    [COUNT_SENDS_FROM_SOURCE] = "sends.from.source",
};

static volatile LONG64 counters[COUNTERS];

void count(enum counter which) { InterlockedIncrement64(&counters[which]); }

void counters_reset(void) {
  for (int i = 0; i < COUNTERS; i++) counters[i] = 0;
}

static long long live_value(const char *what) {
  if (*what == 0) {
    return live_objects(KIND_CQ) + live_objects(KIND_RQ) + live_objects(KIND_BUFFER) +
           live_requests();
  }
  if (strcmp(what, ".cq") == 0) return live_objects(KIND_CQ);
  if (strcmp(what, ".rq") == 0) return live_objects(KIND_RQ);
  if (strcmp(what, ".buffers") == 0) return live_objects(KIND_BUFFER);
  if (strcmp(what, ".requests") == 0) return live_requests();
  return -1;
}

long long counter_value(const char *name) {
  if (strncmp(name, "live", 4) == 0) return live_value(name + 4);
  if (strcmp(name, "violations") == 0) return violation_count(0);
  if (strncmp(name, "violations.", 11) == 0)
    return violation_count(atoi(name + 11) == 0 ? -1 : atoi(name + 11));
  if (strcmp(name, "bytes.registered") == 0) return registered_bytes();
  for (int i = 0; i < COUNTERS; i++) {
    if (strcmp(name, names[i]) == 0) return counters[i];
  }
  return -1;
}
