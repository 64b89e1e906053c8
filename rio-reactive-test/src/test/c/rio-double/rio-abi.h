/*
 * The binary interface of Registered I/O on x86-64, as the Windows SDK's mswsock.h fixes it.
 * mingw-w64 has no declarations of it. Handles and ids are pointers there; here they are plain
 * 64-bit numbers, as they are opaque.
 */
#ifndef RIO_ABI_H
#define RIO_ABI_H

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <mswsock.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RIO_INVALID_BUFFERID 0xFFFFFFFFull
#define RIO_INVALID_CQ 0ull
#define RIO_INVALID_RQ 0ull
#define RIO_CORRUPT_CQ 0xFFFFFFFFul
#define RIO_MAX_CQ_SIZE 0x08000000ul

#define RIO_MSG_DONT_NOTIFY 1u
#define RIO_MSG_DEFER 2u
#define RIO_MSG_WAITALL 4u
#define RIO_MSG_COMMIT_ONLY 8u

#define RIO_EVENT_COMPLETION 1
#define RIO_IOCP_COMPLETION 2

#ifndef WSA_FLAG_REGISTERED_IO
#define WSA_FLAG_REGISTERED_IO 0x100
#endif
#ifndef SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER
#define SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER 0xC8000024
#endif

#define RIO_TABLE_GUID                                                             \
  {                                                                                \
    0x8509e081, 0x96dd, 0x4005, { 0xb1, 0x65, 0x9e, 0x2e, 0xe8, 0xc7, 0x9e, 0x3f } \
  }

typedef struct {
  uint64_t BufferId;
  ULONG Offset;
  ULONG Length;
} RIO_BUF;

typedef struct {
  LONG Status;
  ULONG BytesTransferred;
  uint64_t SocketContext;
  uint64_t RequestContext;
} RIORESULT;

typedef struct {
  int Type;
  union {
    struct {
      HANDLE EventHandle;
      BOOL NotifyReset;
    } Event;
    struct {
      HANDLE IocpHandle;
      ULONG_PTR CompletionKey;
      OVERLAPPED *Overlapped;
    } Iocp;
  };
} RIO_NOTIFICATION_COMPLETION;

typedef BOOL(WSAAPI *rio_simple_post)(uint64_t, const RIO_BUF *, ULONG, DWORD, uint64_t);
typedef BOOL(WSAAPI *rio_extended_send)(uint64_t, const RIO_BUF *, ULONG, const RIO_BUF *,
                                        const RIO_BUF *, const RIO_BUF *, const RIO_BUF *, DWORD,
                                        uint64_t);
typedef int(WSAAPI *rio_extended_receive)(uint64_t, const RIO_BUF *, ULONG, const RIO_BUF *,
                                          const RIO_BUF *, const RIO_BUF *, const RIO_BUF *, DWORD,
                                          uint64_t);

typedef struct {
  DWORD cbSize;
  rio_simple_post RIOReceive;
  rio_extended_receive RIOReceiveEx;
  rio_simple_post RIOSend;
  rio_extended_send RIOSendEx;
  void(WSAAPI *RIOCloseCompletionQueue)(uint64_t);
  uint64_t(WSAAPI *RIOCreateCompletionQueue)(DWORD, const RIO_NOTIFICATION_COMPLETION *);
  uint64_t(WSAAPI *RIOCreateRequestQueue)(SOCKET, ULONG, ULONG, ULONG, ULONG, uint64_t, uint64_t,
                                          uint64_t);
  ULONG(WSAAPI *RIODequeueCompletion)(uint64_t, RIORESULT *, ULONG);
  void(WSAAPI *RIODeregisterBuffer)(uint64_t);
  int(WSAAPI *RIONotify)(uint64_t);
  uint64_t(WSAAPI *RIORegisterBuffer)(char *, DWORD);
  BOOL(WSAAPI *RIOResizeCompletionQueue)(uint64_t, DWORD);
  BOOL(WSAAPI *RIOResizeRequestQueue)(uint64_t, DWORD, DWORD);
} RIO_EXTENSION_FUNCTION_TABLE;

_Static_assert(sizeof(RIO_BUF) == 16, "RIO_BUF");
_Static_assert(sizeof(RIORESULT) == 24, "RIORESULT");
_Static_assert(sizeof(RIO_NOTIFICATION_COMPLETION) == 32, "RIO_NOTIFICATION_COMPLETION");
_Static_assert(offsetof(RIO_NOTIFICATION_COMPLETION, Event.NotifyReset) == 16, "NotifyReset");
_Static_assert(offsetof(RIO_NOTIFICATION_COMPLETION, Iocp.Overlapped) == 24, "Overlapped");
_Static_assert(sizeof(RIO_EXTENSION_FUNCTION_TABLE) == 112, "RIO_EXTENSION_FUNCTION_TABLE");
_Static_assert(offsetof(RIO_EXTENSION_FUNCTION_TABLE, RIODequeueCompletion) == 64, "dequeue");
_Static_assert(offsetof(RIO_EXTENSION_FUNCTION_TABLE, RIOResizeRequestQueue) == 104, "resize");

#endif
