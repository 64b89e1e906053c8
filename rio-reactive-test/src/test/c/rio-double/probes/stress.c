/*
 * Many sockets on one completion queue, in every mode at once: they open, talk to each other, and
 * are closed with requests pending. A program that keeps the rules has to find each request once,
 * whole, and nothing live at the end.
 */
#include "probe.h"

#include <stdio.h>
#include <string.h>

enum {
  SOCKETS = 12,
  PLACES = 4,
  SPACE = 8192,
  SLICE = 4096,
  ROUNDS = 12000,
  SOCKET_SHIFT = 16,
  SECONDS = 60
};

struct end {
  SOCKET socket;
  struct sockaddr_in address;
  uint64_t rq, id[2 * PLACES]; /* a registration for each place: receives, then sends */
  char *memory;
  bool pending[2 * PLACES];
  int outstanding;
  bool open;
};

static struct end ends[SOCKETS];
static uint64_t cq;
static HANDLE event;
static bool armed;
static uint64_t random_state;
static long long sent, received, aborted;

static unsigned any(unsigned bound) {
  random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
  return (unsigned)(random_state >> 33) % bound;
}

static char *space(struct end *end, int place) { return end->memory + place * SPACE; }

static uint64_t context(struct end *end, int place) {
  return (uint64_t)(end - ends) << SOCKET_SHIFT | (unsigned)place;
}

/* ---- requests ---- */

static RIO_BUF data_of(struct end *end, int place, DWORD length) {
  return (RIO_BUF){end->id[place], 0, length};
}

static RIO_BUF address_of(struct end *end, int place) {
  return (RIO_BUF){end->id[place], SLICE, sizeof(SOCKADDR_INET)};
}

static void post_receive_at(struct end *end, int place) {
  RIO_BUF data = data_of(end, place, SLICE), from = address_of(end, place);
  memset(space(end, place), 0, 16);
  expect(rio.RIOReceiveEx(end->rq, &data, 1, NULL, &from, NULL, NULL, RIO_MSG_DEFER,
                          context(end, place)),
         WSAGetLastError());
  end->pending[place] = true;
  end->outstanding++;
}

/* The first byte says which socket it comes from, all others repeat the length. */
static void post_send_at(struct end *end, int place, struct end *to) {
  DWORD length = 1 + any(1000);
  memset(space(end, place), (char)length, length);
  space(end, place)[0] = (char)(end - ends);
  memcpy(space(end, place) + SLICE, &to->address, sizeof to->address);
  RIO_BUF data = data_of(end, place, length), address = address_of(end, place);
  DWORD flags = RIO_MSG_DEFER | (any(2) ? RIO_MSG_DONT_NOTIFY : 0);
  expect(rio.RIOSendEx(end->rq, &data, 1, NULL, &address, NULL, NULL, flags, context(end, place)),
         WSAGetLastError());
  end->pending[place] = true;
  end->outstanding++;
}

static void commit_both(struct end *end) {
  expect(rio.RIOReceive(end->rq, NULL, 0, RIO_MSG_COMMIT_ONLY, 0), WSAGetLastError());
  expect(rio.RIOSend(end->rq, NULL, 0, RIO_MSG_COMMIT_ONLY, 0), WSAGetLastError());
}

/* ---- sockets ---- */

static void open_end(struct end *end) {
  end->socket = registered_socket(&end->address);
  end->rq =
      rio.RIOCreateRequestQueue(end->socket, PLACES, 1, PLACES, 1, cq, cq, (uint64_t)(end - ends));
  expect(end->rq != RIO_INVALID_RQ, WSAGetLastError());
  end->memory = pages(2 * PLACES * SPACE);
  for (int place = 0; place < 2 * PLACES; place++)
    end->id[place] = register_buffer(space(end, place), SPACE);
  for (int place = 0; place < PLACES; place++) post_receive_at(end, place);
  commit_both(end);
  end->open = true;
}

static void close_end(struct end *end) {
  end->open = false;
  expect(ws.closesocket(end->socket) == 0, WSAGetLastError());
}

static void free_end(struct end *end) {
  for (int place = 0; place < 2 * PLACES; place++) rio.RIODeregisterBuffer(end->id[place]);
  expect(VirtualFree(end->memory, 0, MEM_RELEASE), GetLastError());
  end->memory = NULL;
}

/* ---- completions ---- */

static void check_datagram(struct end *end, int place, const RIORESULT *result) {
  char *text = space(end, place);
  struct sockaddr_in from;
  memcpy(&from, text + SLICE, sizeof from);
  expect(result->BytesTransferred > 0, result->BytesTransferred);
  expect(text[0] >= 0 && text[0] < SOCKETS, text[0]);
  expect_equal(from.sin_family, AF_INET);
  for (ULONG i = 1; i < result->BytesTransferred; i++)
    expect(text[i] == (char)result->BytesTransferred, i);
}

static void on_result(const RIORESULT *result) {
  struct end *end = &ends[result->RequestContext >> SOCKET_SHIFT];
  int place = (int)(result->RequestContext & 0xFF);
  expect(end->pending[place], place); /* none comes twice */
  expect_equal(result->SocketContext, (uint64_t)(end - ends));
  end->pending[place] = false;
  end->outstanding--;
  if (result->Status != 0) {
    expect_equal(result->Status, WSA_OPERATION_ABORTED);
    expect(!end->open, place);
    aborted++;
  } else if (place < PLACES) {
    check_datagram(end, place, result);
    received++;
    if (end->open) post_receive_at(end, place);
  } else {
    sent++;
  }
}

static void take_all(void) {
  RIORESULT results[16];
  for (ULONG n; (n = rio.RIODequeueCompletion(cq, results, 16)) > 0;) {
    expect(n <= 16, n);
    for (ULONG i = 0; i < n; i++) on_result(&results[i]);
  }
}

/* ---- the loop ---- */

static void turn(void) {
  struct end *end = &ends[any(SOCKETS)];
  if (!end->open && end->outstanding == 0) {
    if (end->memory != NULL) free_end(end);
    open_end(end);
  } else if (end->open && any(80) == 0) {
    close_end(end);
  } else if (end->open) {
    struct end *to = &ends[any(SOCKETS)];
    for (int place = PLACES; place < 2 * PLACES && to->open; place++) {
      if (!end->pending[place]) post_send_at(end, place, to);
    }
    commit_both(end);
  }
  take_all();
  for (int i = 0; i < SOCKETS; i++) {
    if (ends[i].open) commit_both(&ends[i]);
  }
}

static void finish(void) {
  for (int i = 0; i < SOCKETS; i++) {
    if (ends[i].open) close_end(&ends[i]);
  }
  for (int i = 0, tries = 0; i < SOCKETS; i++) {
    for (; ends[i].outstanding > 0 && tries < 5000; tries++) {
      take_all();
      Sleep(1);
    }
    expect_equal(ends[i].outstanding, 0);
    if (ends[i].memory != NULL) free_end(&ends[i]);
  }
}

static void wait_now_and_then(int round) {
  if (round % 16 == 0 && !armed) {
    expect_equal(rio.RIONotify(cq), 0);
    armed = true;
  }
  if (armed && WaitForSingleObject(event, round % 16 == 0 ? 2 : 0) == WAIT_OBJECT_0) armed = false;
}

static void open_queue(void) {
  RIO_NOTIFICATION_COMPLETION notification = {.Type = RIO_EVENT_COMPLETION};
  event = CreateEventW(NULL, TRUE, FALSE, NULL);
  notification.Event.EventHandle = event;
  notification.Event.NotifyReset = TRUE;
  cq = rio.RIOCreateCompletionQueue(SOCKETS * 2 * PLACES, &notification);
  armed = false;
}

static void set_modes(const char *modes) {
  char copy[200], *rest = copy;
  snprintf(copy, sizeof copy, "%s", modes);
  RioDoubleControl("reset");
  for (char *command; (command = strtok_s(NULL, ";", &rest)) != NULL;) control(command);
}

static void run(const char *modes) {
  set_modes(modes);
  sent = received = aborted = 0;
  random_state = 42;
  memset(ends, 0, sizeof ends);
  open_queue();
  ULONGLONG end = GetTickCount64() + SECONDS * 1000;
  for (int round = 0; round < ROUNDS && GetTickCount64() < end; round++) {
    turn();
    wait_now_and_then(round);
  }
  finish();
  rio.RIOCloseCompletionQueue(cq);
  CloseHandle(event);
  printf("stress, %s: %lld sent, %lld received, %lld aborted; violations %lld, live %lld\n", modes,
         sent, received, aborted, RioDoubleCount("violations"), RioDoubleCount("live"));
  expect_equal(RioDoubleCount("violations"), 0);
  expect_equal(RioDoubleCount("live"), 0);
  expect(received > 100 && aborted > 100, received); /* or it proves little */
}

int stress(void) {
  run("order fifo;defer late");
  run("order shuffled;defer now;partial on;spurious on;handles low");
  run("order shuffled;seed 7;protect on;partial on");
  return 0;
}
