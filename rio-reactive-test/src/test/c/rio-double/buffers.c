/* RIORegisterBuffer and RIODeregisterBuffer. */
#include "memory.h"
#include "queues.h"

static long long bytes;

long long registered_bytes(void) { return bytes; }

static uint64_t refuse(int code) {
  WSASetLastError(code);
  return RIO_INVALID_BUFFERID;
}

static uint64_t add_buffer(uint64_t start, uint32_t length) {
  int code;
  lock();
  struct buffer *buffer = NULL;
  if (!fault_due(FAULT_REGISTER, &code)) {
    code = WSAENOBUFS;
    buffer = object_open(KIND_BUFFER);
  }
  if (buffer != NULL) {
    buffer->start = start;
    buffer->length = length;
    bytes += length;
  }
  uint64_t handle = buffer == NULL ? 0 : buffer->object.handle;
  unlock();
  return buffer == NULL ? refuse(code) : handle;
}

uint64_t WSAAPI double_RIORegisterBuffer(char *data, DWORD length) {
  count(COUNT_REGISTER);
  uint64_t start = (uint64_t)data;
  if (length == 0 && !MUTANT(70)) {
    violation(7, "RIORegisterBuffer", name_of("memory", start), "length 0");
    return refuse(WSAEINVAL);
  }
  if (!is_readable_and_writable(start, length) && !MUTANT(71)) {
    violation(7, "RIORegisterBuffer", name_of("memory", start),
              "not all of the %lu bytes are writable", length);
    return refuse(WSAEFAULT);
  }
  return add_buffer(start, length);
}

void WSAAPI double_RIODeregisterBuffer(uint64_t id) {
  count(COUNT_DEREGISTER);
  if (id == RIO_INVALID_BUFFERID) return; /* documented: ignored */
  lock();
  struct buffer *buffer = object_find(KIND_BUFFER, id, 7, "RIODeregisterBuffer");
  if (buffer != NULL) {
    if (buffer->requests > 0 && !MUTANT(140)) {
      violation(14, "RIODeregisterBuffer", object_name(buffer), "%u pending requests refer to it",
                buffer->requests);
    }
    if (buffer->requests > 0) forget_buffer(buffer);
    bytes -= buffer->length;
    object_close(buffer);
  }
  unlock();
}
