package io.rioreactive.samples.rioprobe;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.windows.Constants;
import io.rioreactive.kernel.windows.Kernel32;
import io.rioreactive.kernel.windows.Layouts;
import io.rioreactive.kernel.windows.RioFunctions;
import io.rioreactive.kernel.windows.Winsock;
import io.rioreactive.kernel.windows.WsaError;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The calls of one check, on its thread. What is allocated here is never freed: the process ends
 * soon, and so no experiment, however it ends, leaves the system a pointer to freed memory.
 */
final class WindowsCalls {

  final Arena memory = Arena.global();
  final Winsock winsock = Winsock.start(memory);
  final Kernel32 kernel32 = new Kernel32(memory);

  /** Loads Winsock and starts it. */
  WindowsCalls() throws IOException {}

  /**
   * Asks for the table of functions.
   *
   * @param table to be filled: a {@code RIO_EXTENSION_FUNCTION_TABLE}
   * @return the bytes written, or the negative error code
   */
  int query(long socket, MemorySegment table) {
    table.fill((byte) 0);
    table.set(
        JAVA_INT, Layouts.RIO_EXTENSION_FUNCTION_TABLE.offset("cbSize"), (int) table.byteSize());
    MemorySegment guid = memory.allocate(16, 8);
    guid.set(JAVA_LONG, 0, Constants.WSAID_MULTIPLE_RIO_LOW);
    guid.set(JAVA_LONG, 8, Constants.WSAID_MULTIPLE_RIO_HIGH);
    MemorySegment bytes = memory.allocate(JAVA_INT);
    int result =
        winsock.WSAIoctl(
            socket,
            Constants.SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER,
            guid.address(),
            (int) guid.byteSize(),
            table.address(),
            (int) table.byteSize(),
            bytes.address(),
            Constants.NULL,
            Constants.NULL);
    return result < 0 ? result : bytes.get(JAVA_INT, 0);
  }

  /** A table to be filled. */
  MemorySegment newTable() {
    return memory.allocate(Layouts.RIO_EXTENSION_FUNCTION_TABLE.layout());
  }

  /**
   * The functions of RIO.
   *
   * @throws IOException if the system does not hand them out
   */
  RioFunctions rio() throws IOException {
    long socket = socket(Constants.WSA_FLAG_OVERLAPPED | Constants.WSA_FLAG_REGISTERED_IO);
    MemorySegment table = newTable();
    int result = query(socket, table);
    winsock.closesocket(socket);
    if (result < 0) {
      throw new IOException("WSAIoctl refuses the table of RIO functions with " + text(-result));
    }
    return new RioFunctions(table, memory);
  }

  /** An IPv4 datagram socket with these {@code WSA_FLAG_…}. */
  long socket(int flags) throws IOException {
    return succeeded("WSASocketW", tryOpen(flags));
  }

  /** A socket, or the negative error code. */
  long tryOpen(int flags) {
    return winsock.WSASocketW(
        Constants.AF_INET, Constants.SOCK_DGRAM, Constants.IPPROTO_UDP, Constants.NULL, 0, flags);
  }

  /** A completion port. */
  long completionPort() throws IOException {
    return succeeded(
        "CreateIoCompletionPort",
        kernel32.CreateIoCompletionPort(Constants.INVALID_HANDLE_VALUE, Constants.NULL, 0, 1));
  }

  /** Binds to a free port of the loopback address, and returns the port. */
  int bind(long socket) throws IOException {
    MemorySegment name = memory.allocate(Layouts.SOCKADDR_IN.layout());
    LoopbackAddress.write(name, 0);
    succeeded("bind", winsock.bind(socket, name.address(), (int) name.byteSize()));
    MemorySegment length = memory.allocate(JAVA_INT);
    length.set(JAVA_INT, 0, (int) name.byteSize());
    succeeded("getsockname", winsock.getsockname(socket, name.address(), length.address()));
    return LoopbackAddress.port(name);
  }

  /** Connects to a port of the loopback address. */
  void connect(long socket, int port) throws IOException {
    MemorySegment name = memory.allocate(Layouts.SOCKADDR_IN.layout());
    LoopbackAddress.write(name, port);
    succeeded("connect", winsock.connect(socket, name.address(), (int) name.byteSize()));
  }

  /** Sets an option of one {@code int}: 0, or the negative error code. */
  int setOption(long socket, int level, int option, int value) {
    MemorySegment segment = memory.allocate(JAVA_INT);
    segment.set(JAVA_INT, 0, value);
    return winsock.setsockopt(socket, level, option, segment.address(), (int) segment.byteSize());
  }

  /** Sets a control code of one {@code BOOL} to FALSE: 0, or the negative error code. */
  int switchOff(long socket, int controlCode) {
    return control(socket, controlCode, false);
  }

  /** Sets a control code of one {@code BOOL}: 0, or the negative error code. */
  int control(long socket, int controlCode, boolean isOn) {
    MemorySegment value = memory.allocate(JAVA_INT);
    value.set(JAVA_INT, 0, isOn ? 1 : 0);
    MemorySegment bytes = memory.allocate(JAVA_INT);
    return winsock.WSAIoctl(
        socket,
        controlCode,
        value.address(),
        (int) value.byteSize(),
        Constants.NULL,
        0,
        bytes.address(),
        Constants.NULL,
        Constants.NULL);
  }

  /** The result of a call that must not fail for the question to be put. */
  static long succeeded(String call, long result) throws IOException {
    if (result < 0) {
      throw new IOException(call + " failed with " + text((int) -result));
    }
    return result;
  }

  /** An error code, with its name in the headers. */
  static String text(int code) {
    WsaError error = WsaError.of(code);
    return error == null ? "error " + code : code + " (" + error.name() + ")";
  }
}
