#include "double.h"

CRITICAL_SECTION double_lock;

#ifdef MUTANTS
#include <stdlib.h>
int active_mutant;
static void choose_mutant(void) {
  char value[12];
  DWORD length = GetEnvironmentVariableA("RIO_DOUBLE_MUTANT", value, sizeof value);
  if (length > 0 && length < sizeof value) active_mutant = atoi(value);
}
#else
static void choose_mutant(void) {}
#endif

static void start(HINSTANCE self) {
  DisableThreadLibraryCalls(self);
  InitializeCriticalSection(&double_lock);
  choose_mutant();
  modes_from_environment();
  report_file_from_environment();
}

/* At the end of the process no other thread is left, and one may have died inside the lock: nothing
 * here takes it. */
BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved) {
  (void)reserved;
  if (reason == DLL_PROCESS_ATTACH) start(self);
  if (reason == DLL_PROCESS_DETACH) report_at_exit();
  return TRUE;
}
