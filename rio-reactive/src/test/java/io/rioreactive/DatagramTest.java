package io.rioreactive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A Datagram is an immutable value")
class DatagramTest {

  private static final InetSocketAddress PEER = address("192.0.2.7", 4711);
  private static final InetSocketAddress OTHER_PEER = address("192.0.2.8", 4711);

  @Test
  @DisplayName("made of a text, an array or a buffer, it is the same")
  void ways() {
    Datagram text = Datagram.to(PEER, "grüß dich");
    byte[] bytes = "grüß dich".getBytes(UTF_8);

    assertThat(Datagram.to(PEER, bytes)).isEqualTo(text);
    assertThat(Datagram.to(PEER, ByteBuffer.wrap(bytes))).isEqualTo(text);
    assertThat(text.asString()).isEqualTo("grüß dich");
    assertThat(text.asByteArray()).isEqualTo(bytes);
    assertThat(text.payload()).isEqualTo(ByteBuffer.wrap(bytes));
    assertThat(text.length()).isEqualTo(11);
    assertThat(text.remoteAddress()).isEqualTo(PEER);
    assertThat(text.localAddress()).isNull();
  }

  @Test
  @DisplayName("empty, it is a datagram like any other")
  void empty() {
    Datagram empty = Datagram.to(PEER, new byte[0]);

    assertThat(empty.length()).isZero();
    assertThat(empty.asString()).isEmpty();
    assertThat(empty.payload().hasRemaining()).isFalse();
    assertThat(empty).isEqualTo(Datagram.to(PEER, ""));
  }

  @Test
  @DisplayName("equal by addresses and payload")
  void equality() {
    Datagram one = Datagram.to(PEER, "abc");

    assertThat(one).isEqualTo(Datagram.to(address("192.0.2.7", 4711), "abc"));
    assertThat(one).hasSameHashCodeAs(Datagram.to(address("192.0.2.7", 4711), "abc"));
    assertThat(one).isNotEqualTo(Datagram.to(PEER, "abd"));
    assertThat(one).isNotEqualTo(Datagram.to(PEER, "ab"));
    assertThat(one).isNotEqualTo(Datagram.to(OTHER_PEER, "abc"));
    assertThat(one).isNotEqualTo(Datagram.to(address("192.0.2.7", 4712), "abc"));
    assertThat(one).isNotEqualTo("abc").isNotEqualTo(null);
  }

  @Test
  @DisplayName("the array it was made of can change afterwards")
  void arrayIsCopied() {
    byte[] bytes = "abc".getBytes(UTF_8);
    Datagram datagram = Datagram.to(PEER, bytes);
    Datagram reply = datagram.reply(bytes);

    bytes[0] = 'X';

    assertThat(datagram.asString()).isEqualTo("abc");
    assertThat(reply.asString()).isEqualTo("abc");
  }

  @Test
  @DisplayName("the buffer it was made of can change afterwards")
  void bufferIsCopied() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(3).put("abc".getBytes(UTF_8)).flip();
    Datagram datagram = Datagram.to(PEER, buffer);
    Datagram reply = datagram.reply(buffer);

    buffer.put(0, (byte) 'X').clear();

    assertThat(datagram.asString()).isEqualTo("abc");
    assertThat(reply.asString()).isEqualTo("abc");
  }

  @Test
  @DisplayName("of a buffer it takes what remains, and leaves position and limit")
  void bufferStays() {
    ByteBuffer buffer = ByteBuffer.wrap("-abc-".getBytes(UTF_8)).position(1).limit(4);

    assertThat(Datagram.to(PEER, buffer).asString()).isEqualTo("abc");
    assertThat(Datagram.to(PEER, "").reply(buffer).asString()).isEqualTo("abc");
    assertThat(Datagram.to(PEER, buffer.asReadOnlyBuffer()).asString()).isEqualTo("abc");

    assertThat(buffer.position()).isEqualTo(1);
    assertThat(buffer.limit()).isEqualTo(4);
  }

  @Test
  @DisplayName("the array it gives out is a copy")
  void givenArrayIsACopy() {
    Datagram datagram = Datagram.to(PEER, "abc");

    datagram.asByteArray()[0] = 'X';

    assertThat(datagram.asString()).isEqualTo("abc");
  }

  @Test
  @DisplayName("the buffer it gives out is read-only, big-endian, and of its own position")
  void givenBuffer() {
    Datagram datagram = Datagram.to(PEER, "abc");
    ByteBuffer payload = datagram.payload();

    assertThat(payload.isReadOnly()).isTrue();
    assertThat(payload.hasArray()).isFalse();
    assertThat(payload.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
    assertThatThrownBy(() -> payload.put((byte) 'X')).isInstanceOf(ReadOnlyBufferException.class);

    payload.get();
    payload.order(ByteOrder.LITTLE_ENDIAN);
    assertThat(datagram.payload().position()).isZero();
    assertThat(datagram.payload().order()).isEqualTo(ByteOrder.BIG_ENDIAN);
  }

  @Test
  @DisplayName("malformed UTF-8 becomes U+FFFD")
  void malformedText() {
    assertThat(Datagram.to(PEER, new byte[] {'a', (byte) 0xFF, 'b'}).asString())
        .isEqualTo("a\uFFFDb");
  }

  @Test
  @DisplayName("a reply goes to its peer")
  void reply() {
    Datagram query = Datagram.to(PEER, "ping");

    assertThat(query.reply("pong")).isEqualTo(Datagram.to(PEER, "pong"));
    assertThat(query.reply("pong".getBytes(UTF_8))).isEqualTo(Datagram.to(PEER, "pong"));
    assertThat(query.reply(ByteBuffer.wrap("pong".getBytes(UTF_8))))
        .isEqualTo(Datagram.to(PEER, "pong"));
    assertThat(query.asString()).isEqualTo("ping");
  }

  @Test
  @DisplayName("its text names peer and length, and never the payload")
  void text() {
    assertThat(Datagram.to(PEER, "secret"))
        .hasToString("Datagram[" + PEER + ", 6 bytes]")
        .asString()
        .doesNotContain("secret");
  }

  @Test
  @DisplayName("null is refused where it is given")
  void nulls() {
    Datagram datagram = Datagram.to(PEER, "");

    assertThatThrownBy(() -> Datagram.to(null, "a")).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Datagram.to(null, new byte[1]))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Datagram.to(null, ByteBuffer.allocate(1)))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> Datagram.to(PEER, (byte[]) null))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> datagram.reply((String) null))
        .isInstanceOf(NullPointerException.class);
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }
}
