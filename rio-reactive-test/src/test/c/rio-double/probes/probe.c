/* probe DLL [RULE]: runs all cases, or those of one rule; prints a line for each rule. Exit status
 * 0: all as expected. */
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASE_SECONDS = 20, RULES = 27 };

int echo(int datagrams);
int scale(int receives, int sends);
int stress(void);
int exit_with_live_objects(const char *how);
int check_exports(const char *library_file, const char *definition_file);

RIO_EXTENSION_FUNCTION_TABLE rio;
struct winsock ws;
int (*RioDoubleControl)(const char *);
int (*RioDoubleReport)(char *, int);
long long (*RioDoubleCount)(const char *);

static jmp_buf case_end;
static bool in_case;
static char failure[300];
static const char *volatile running = "start";
static volatile LONG64 deadline;

void fail(const char *file, int line, const char *what, long long got) {
  const char *name = strrchr(file, '/') == NULL ? file : strrchr(file, '/') + 1;
  snprintf(failure, sizeof failure, "%s:%d: %s, got %lld", name, line, what, got);
  if (in_case) longjmp(case_end, 1);
  printf("%s\n", failure);
  exit(1);
}

void control(const char *command) { expect(RioDoubleControl(command) == 0, 0); }

/* ---- loading ---- */

static HMODULE library;

static void *symbol(const char *name) {
  void *found = (void *)GetProcAddress(library, name);
  if (found == NULL) {
    printf("no %s in the library\n", name);
    exit(2);
  }
  return found;
}

static void load(const char *path) {
  library = LoadLibraryA(path);
  if (library == NULL) {
    printf("cannot load %s: %lu\n", path, GetLastError());
    exit(2);
  }
  WSADATA data;
  ((int(WSAAPI *)(WORD, WSADATA *))symbol("WSAStartup"))(0x0202, &data);
  ws.WSAIoctl = symbol("WSAIoctl");
  ws.WSASocketW = symbol("WSASocketW");
  ws.socket = symbol("socket");
  ws.closesocket = symbol("closesocket");
  ws.bind = symbol("bind");
  ws.connect = symbol("connect");
  ws.getsockname = symbol("getsockname");
  ws.sendto = symbol("sendto");
  ws.recvfrom = symbol("recvfrom");
  ws.setsockopt = symbol("setsockopt");
  RioDoubleControl = symbol("RioDoubleControl");
  RioDoubleReport = symbol("RioDoubleReport");
  RioDoubleCount = symbol("RioDoubleCount");
}

static void query(void) {
  GUID guid = RIO_TABLE_GUID;
  DWORD bytes = 0;
  SOCKET socket = unbound_socket();
  if (ws.WSAIoctl(socket, SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, &rio,
                  sizeof rio, &bytes, NULL, NULL) != 0 ||
      bytes != sizeof rio || rio.cbSize != sizeof rio) {
    printf("no table: %d\n", WSAGetLastError());
    exit(2);
  }
  ws.closesocket(socket);
}

/* ---- running ---- */

static DWORD WINAPI watch(void *unused) {
  (void)unused;
  for (;;) {
    Sleep(200);
    if (deadline != 0 && (LONG64)GetTickCount64() > deadline) {
      printf("FAILED %s: not done in %d s\n", running, CASE_SECONDS);
      fflush(stdout);
      TerminateProcess(GetCurrentProcess(), 4);
    }
  }
  return 0;
}

static void print_report(void) {
  static char text[20000];
  RioDoubleReport(text, sizeof text);
  printf("%s", text);
}

static const char *judge(const struct probe *probe) {
  static char verdict[100];
  char counter[20];
  snprintf(counter, sizeof counter, "violations.%d", probe->rule);
  long long all = RioDoubleCount("violations"), own = RioDoubleCount(counter),
            live = RioDoubleCount("live");
  if (failure[0] != 0) return failure;
  if (probe->verdict == KEEPS && all != 0) {
    snprintf(verdict, sizeof verdict, "%lld violations where none was expected", all);
  } else if (probe->verdict == BREAKS && (own == 0 || own != all)) {
    snprintf(verdict, sizeof verdict, "%lld violations, %lld of rule %d", all, own, probe->rule);
  } else if (live != 0) {
    snprintf(verdict, sizeof verdict, "%lld live objects", live);
  } else {
    return NULL;
  }
  return verdict;
}

static bool run_case(const struct probe *probe) {
  failure[0] = 0;
  running = probe->name;
  deadline = (LONG64)GetTickCount64() + CASE_SECONDS * 1000;
  RioDoubleControl("reset");
  in_case = true;
  if (setjmp(case_end) == 0) probe->run();
  in_case = false;
  deadline = 0;
  const char *problem = judge(probe);
  if (problem == NULL) return true;
  printf("FAILED rule %d %s: %s\n", probe->rule, probe->name, problem);
  print_report();
  return false;
}

static int run_cases(int only) {
  const struct probe *const groups[] = {probes_query_and_sockets,
                                        probes_queues,
                                        probes_registrations,
                                        probes_pending,
                                        probes_exclusivity,
                                        probes_shapes,
                                        probes_places,
                                        probes_threads,
                                        probes_order,
                                        probes_faults,
                                        probes_ends,
                                        probes_control_shapes,
                                        probes_control_data};
  int failed = 0;
  for (int rule = 1; rule < RULES; rule++) {
    if (only != 0 && rule != only) continue;
    int kept = 0, broken = 0, before = failed;
    for (size_t group = 0; group < sizeof groups / sizeof *groups; group++) {
      for (const struct probe *probe = groups[group]; probe->name != NULL; probe++) {
        if (probe->rule != rule) continue;
        if (!run_case(probe)) {
          failed++;
          if (RioDoubleCount("live") != 0) return failed; /* its remains would trouble the others */
        }
        *(probe->verdict == KEEPS ? &kept : &broken) += 1;
      }
    }
    printf("rule %2d: %d that break it noticed, %d that keep it clean: %s\n", rule, broken, kept,
           failed == before ? "ok" : "FAILED");
    if (kept == 0) failed++;
    fflush(stdout);
  }
  return failed;
}

int main(int count, char **words) {
  if (count < 2) {
    printf(
        "usage: probe DLL [RULE | echo N | scale RECEIVES SENDS | stress | exit HOW | exports "
        "DEF]\n");
    return 2;
  }
  load(words[1]);
  CloseHandle(CreateThread(NULL, 0, watch, NULL, 0, NULL));
  query();
  if (count == 4 && strcmp(words[2], "exit") == 0) return exit_with_live_objects(words[3]);
  if (count == 4 && strcmp(words[2], "exports") == 0) return check_exports(words[1], words[3]);
  if (count >= 4 && strcmp(words[2], "echo") == 0) return echo(atoi(words[3]));
  if (count >= 3 && strcmp(words[2], "stress") == 0) return stress();
  if (count >= 5 && strcmp(words[2], "scale") == 0) return scale(atoi(words[3]), atoi(words[4]));
  int failed = run_cases(count > 2 ? atoi(words[2]) : 0);
  RioDoubleControl("reset"); /* the report at the end has nothing to say about probed violations */
  return failed == 0 ? 0 : 1;
}
