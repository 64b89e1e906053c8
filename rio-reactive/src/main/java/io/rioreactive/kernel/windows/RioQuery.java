package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Asks Winsock for the functions of Registered I/O, by way of a socket that is opened for the
 * question and closed with the answer.
 */
final class RioQuery {

  private static final int TABLE_SIZE = (int) Layouts.RIO_EXTENSION_FUNCTION_TABLE.size();
  private static final int GUID_SIZE = 2 * Long.BYTES;

  private RioQuery() {}

  /**
   * The functions.
   *
   * @param arena theirs
   * @throws KernelException if this system has none, with the reason
   */
  static RioFunctions functions(Winsock winsock, Arena arena) throws KernelException {
    long socket =
        winsock.WSASocketW(
            Constants.AF_INET,
            Constants.SOCK_DGRAM,
            Constants.IPPROTO_UDP,
            Constants.NULL,
            0,
            Constants.WSA_FLAG_OVERLAPPED
                | Constants.WSA_FLAG_NO_HANDLE_INHERIT
                | Constants.WSA_FLAG_REGISTERED_IO);
    if (socket < 0) {
      throw RioRefusal.ofSocket((int) -socket);
    }
    try (Arena temporary = Arena.ofConfined()) {
      return new RioFunctions(table(winsock, socket, temporary), arena);
    } finally {
      winsock.closesocket(socket);
    }
  }

  private static MemorySegment table(Winsock winsock, long socket, Arena arena)
      throws KernelException {
    MemorySegment guid = arena.allocate(GUID_SIZE, Long.BYTES);
    guid.setAtIndex(JAVA_LONG, 0, Constants.WSAID_MULTIPLE_RIO_LOW);
    guid.setAtIndex(JAVA_LONG, 1, Constants.WSAID_MULTIPLE_RIO_HIGH);
    MemorySegment table = arena.allocate(Layouts.RIO_EXTENSION_FUNCTION_TABLE.layout());
    table.set(JAVA_INT, Layouts.RIO_EXTENSION_FUNCTION_TABLE.offset("cbSize"), TABLE_SIZE);
    MemorySegment bytes = arena.allocate(JAVA_INT);
    int result =
        winsock.WSAIoctl(
            socket,
            Constants.SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER,
            guid.address(),
            GUID_SIZE,
            table.address(),
            TABLE_SIZE,
            bytes.address(),
            Constants.NULL,
            Constants.NULL);
    if (result < 0) {
      throw RioRefusal.ofQuery(-result);
    }
    requireWhole(table);
    return table;
  }

  /** A pointer that is missing would end the process at its first call. */
  static void requireWhole(MemorySegment table) throws KernelException {
    int size = table.get(JAVA_INT, Layouts.RIO_EXTENSION_FUNCTION_TABLE.offset("cbSize"));
    if (size < TABLE_SIZE) {
      throw RioRefusal.ofTable("its table has " + size + " bytes instead of " + TABLE_SIZE);
    }
    for (long offset = Long.BYTES; offset < TABLE_SIZE; offset += Long.BYTES) {
      if (table.get(JAVA_LONG, offset) == Constants.NULL) {
        throw RioRefusal.ofTable("its table has no function at offset " + offset);
      }
    }
  }
}
