/* What is no single rule: every export, many requests, the end of the process. */
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- exports ---- */

/*
 * Each line of the .def file, "NAME = TARGET @ORDINAL": a forward has to be what ws2_32 itself has
 * under that name (which may be nothing, where this Windows lacks it), a watched function its own;
 * the ordinal has to be the same as the name.
 */
static bool check_export(HMODULE library, HMODULE winsock, const char *line) {
  char name[80], target[100];
  int ordinal = 0;
  if (sscanf(line, " %79s = %99s @%d", name, target, &ordinal) < 2) return true;
  FARPROC found = GetProcAddress(library, name), real = GetProcAddress(winsock, name);
  bool forwarded = strncmp(target, "ws2_32.", 7) == 0;
  bool good = forwarded ? found == real : found != NULL && found != real;
  if (ordinal != 0) good = good && GetProcAddress(library, MAKEINTRESOURCEA(ordinal)) == found;
  if (!good)
    printf("export %s: %p, in ws2_32 %p, ordinal %d\n", name, (void *)found, (void *)real, ordinal);
  return good;
}

int check_exports(const char *library_file, const char *definition_file) {
  HMODULE library = LoadLibraryA(library_file), winsock = LoadLibraryA("ws2_32.dll");
  FILE *definition = fopen(definition_file, "r");
  if (library == NULL || winsock == NULL || definition == NULL) return 2;
  char line[200];
  int wrong = 0, all = 0;
  while (fgets(line, sizeof line, definition) != NULL) {
    all += strchr(line, '=') != NULL;
    wrong += !check_export(library, winsock, line);
  }
  fclose(definition);
  printf("exports: %d, %d wrong\n", all, wrong);
  return all > 100 && wrong == 0 ? 0 : 1;
}

/* ---- scale ---- */

static bool drain_all(uint64_t cq, int outstanding) {
  static RIORESULT results[1000];
  ULONGLONG end = GetTickCount64() + 20000;
  while (outstanding > 0 && GetTickCount64() < end) {
    ULONG n = rio.RIODequeueCompletion(cq, results, 1000);
    outstanding -= (int)n;
    if (n == 0) Sleep(1);
  }
  return outstanding == 0;
}

int scale(int receives, int sends) {
  enum { DATA = 256, STEP = 512, PAGE = 4096 };
  struct sockaddr_in address;
  ULONGLONG start = GetTickCount64();
  SOCKET socket = registered_socket(&address);
  uint64_t cq = rio.RIOCreateCompletionQueue((DWORD)(receives + sends), NULL);
  uint64_t rq = rio.RIOCreateRequestQueue(socket, (ULONG)receives, 1, (ULONG)sends, 1, cq, cq, 0);
  char *slab = pages((size_t)receives * STEP), *slots = pages((size_t)sends * PAGE);
  uint64_t id = register_buffer(slab, (DWORD)receives * STEP),
           *ids = malloc((size_t)sends * sizeof *ids);
  for (int i = 0; i < sends; i++) ids[i] = register_buffer(slots + (size_t)i * PAGE, PAGE);
  ULONGLONG registered = GetTickCount64();
  bool posted = true;
  for (int i = 0; i < receives; i++) {
    RIO_BUF data = {id, (ULONG)i * STEP, DATA}, from = {id, (ULONG)i * STEP + DATA, 28};
    posted &=
        rio.RIOReceiveEx(rq, &data, 1, NULL, &from, NULL, NULL, RIO_MSG_DEFER, (uint64_t)i) != 0;
  }
  ULONGLONG receives_posted = GetTickCount64();
  for (int i = 0; i < sends; i++) {
    memcpy(slots + (size_t)i * PAGE + STEP, &address, sizeof address);
    RIO_BUF data = {ids[i], 0, DATA}, to = {ids[i], STEP, 28};
    posted &= rio.RIOSendEx(rq, &data, 1, NULL, &to, NULL, NULL, RIO_MSG_DEFER,
                            SEND_BIT | (uint64_t)i) != 0;
  }
  rio.RIOReceive(rq, NULL, 0, RIO_MSG_COMMIT_ONLY, 0);
  rio.RIOSend(rq, NULL, 0, RIO_MSG_COMMIT_ONLY, 0);
  ULONGLONG sends_posted = GetTickCount64();
  ws.closesocket(socket);
  bool drained = drain_all(cq, receives + sends);
  rio.RIOCloseCompletionQueue(cq);
  rio.RIODeregisterBuffer(id);
  for (int i = 0; i < sends; i++) rio.RIODeregisterBuffer(ids[i]);
  printf(
      "scale: %d receives and %d sends: register %llu ms, post receives %llu ms, post sends %llu "
      "ms, close and drain %llu "
      "ms; violations %lld, live %lld\n",
      receives, sends, registered - start, receives_posted - registered,
      sends_posted - receives_posted, GetTickCount64() - sends_posted, RioDoubleCount("violations"),
      RioDoubleCount("live"));
  return posted && drained && RioDoubleCount("violations") == 0 && RioDoubleCount("live") == 0 ? 0
                                                                                               : 1;
}

/* ---- the end of the process ---- */

static DWORD WINAPI exit_from_another_thread(void *unused) {
  (void)unused;
  ExitProcess(0);
  return 0;
}

static void stay_inside(uint64_t cq) {
  RIORESULT result;
  for (;;) rio.RIODequeueCompletion(cq, &result, 1);
}

/* live: ends with live objects; violation: with one more; thread: another thread ends the process
 * while this one is inside the double. */
int exit_with_live_objects(const char *how) {
  struct bench bench = bench_open(BENCH_PORT);
  post_receive(&bench, 0, 0);
  peer_send(&bench,
            "x"); /* Wine 8 may fail to end when a thread is killed in its first call on a socket */
  take(&bench);
  post_receive(&bench, 0, 0);
  post_receive(&bench, 1, RIO_MSG_DEFER);
  if (strcmp(how, "violation") == 0) rio.RIOCreateCompletionQueue(0, NULL);
  if (strcmp(how, "thread") == 0) {
    CloseHandle(CreateThread(NULL, 0, exit_from_another_thread, NULL, 0, NULL));
    stay_inside(bench.cq);
  }
  return 0;
}
