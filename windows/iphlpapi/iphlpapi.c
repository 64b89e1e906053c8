/*
 * What Wine's iphlpapi.dll lacks: GetAnycastIpAddressTable, which the JDK calls whenever it looks at the network
 * interfaces, and for the loopback address. All other functions go to Wine's own.
 */
#include <windows.h>

extern const char *const names[];
extern FARPROC handed_on[];

/* No anycast addresses: MIB_ANYCASTIPADDRESS_TABLE with NumEntries 0. FreeMibTable takes it back. */
DWORD WINAPI GetAnycastIpAddressTable(USHORT family, void **table) {
  (void)family;
  *table = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 64);
  return *table == NULL ? ERROR_NOT_ENOUGH_MEMORY : NO_ERROR;
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, void *reserved) {
  (void)reserved;
  if (reason != DLL_PROCESS_ATTACH) {
    return TRUE;
  }
  HMODULE wines = LoadLibraryW(L"C:\\windows\\system32\\iphlpapi.dll");
  if (wines == NULL || wines == self) {
    return FALSE;
  }
  for (int i = 0; names[i] != NULL; i++) {
    handed_on[i] = GetProcAddress(wines, names[i]);
  }
  return TRUE;
}
