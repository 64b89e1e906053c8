package io.rioreactive.kernel.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelException;
import java.io.IOException;
import java.net.BindException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the JDK's exceptions are taken for. */
class NioErrorTest {

  @ParameterizedTest
  @CsvSource({
    "Message too long, TOO_LARGE",
    "A message sent on a datagram socket was larger than the internal message buffer, TOO_LARGE",
    "Network is unreachable, UNREACHABLE",
    "A socket operation was attempted to an unreachable host, UNREACHABLE",
    "Operation not permitted, NOT_PERMITTED",
    "Permission denied, NOT_PERMITTED",
    "Can't send to port 0, BAD_ADDRESS",
    "Invalid argument, BAD_ADDRESS",
    "No buffer space available, TRANSIENT",
    "Cannot allocate memory, TRANSIENT",
    "Too many open files, DESCRIPTORS",
    "Etwas ganz anderes, OTHER",
  })
  void messagesAreUnderstood(String message, NioError expected) {
    assertThat(NioError.of(new SocketException(message))).isEqualTo(expected);
  }

  @Test
  void typesAreUnderstood() {
    assertThat(NioError.of(new PortUnreachableException())).isEqualTo(NioError.UNREACHABLE);
    assertThat(NioError.of(new NoRouteToHostException())).isEqualTo(NioError.UNREACHABLE);
    assertThat(NioError.of(new UnsupportedAddressTypeException())).isEqualTo(NioError.BAD_ADDRESS);
    assertThat(NioError.of(new AsynchronousCloseException())).isEqualTo(NioError.CLOSED);
    assertThat(NioError.of(new IOException())).isEqualTo(NioError.OTHER);
    assertThat(NioError.of(new BindException("Permission denied")))
        .isEqualTo(NioError.NOT_PERMITTED);
    assertThat(NioError.of(new BindException("Die Adresse ist fremd")))
        .isEqualTo(NioError.BAD_ADDRESS);
  }

  @Test
  void codesAreNumbersOfTheirOwn() {
    Set<Integer> codes = new HashSet<>();
    for (NioError error : NioError.values()) {
      assertThat(codes.add(error.code())).isTrue();
      assertThat(error.code()).isNotZero();
      assertThat(NioError.of(error.code())).isEqualTo(error);
    }
    assertThat(NioError.of(0)).isEqualTo(NioError.OTHER);
  }

  @Test
  void theTextHasWhatTheJdkSaid() {
    KernelException exception = NioError.TOO_LARGE.exception("send", "Message too long");
    assertThat(exception)
        .hasMessage(
            "send failed: NIO_TOO_LARGE (1): Message too long: the datagram is larger than the"
                + " system or the path takes: send smaller ones");
    assertThat(exception.kind()).isEqualTo(KernelException.Kind.TOO_LARGE);
    assertThat(NioError.OTHER.exception("send", "")).hasMessageContaining("the JDK tells no more");
  }
}
