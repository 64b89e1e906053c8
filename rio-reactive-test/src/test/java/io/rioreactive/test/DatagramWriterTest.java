package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.PEER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rioreactive.DatagramEncoder;
import io.rioreactive.DatagramWriter;
import io.rioreactive.DropReason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What an encoder can write, and when it cannot. */
class DatagramWriterTest {

  private static final Map<String, Consumer<DatagramWriter>> METHODS = methods();
  static final List<String> METHOD_NAMES = List.copyOf(METHODS.keySet());

  @AutoClose private final SimulatedServer server = SimulatedServer.bind(it -> it.datagramSize(8));

  private static Map<String, Consumer<DatagramWriter>> methods() {
    Map<String, Consumer<DatagramWriter>> methods = new LinkedHashMap<>();
    methods.put("remoteAddress", writer -> writer.remoteAddress(PEER));
    methods.put("length", DatagramWriter::length);
    methods.put("remaining", DatagramWriter::remaining);
    methods.put("putByte", writer -> writer.putByte(1));
    methods.put("putShort", writer -> writer.putShort(1));
    methods.put("putInt", writer -> writer.putInt(1));
    methods.put("putLong", writer -> writer.putLong(1));
    methods.put("put(byte[])", writer -> writer.put(new byte[1]));
    methods.put("put(byte[], int, int)", writer -> writer.put(new byte[3], 1, 1));
    methods.put("put(ByteBuffer)", writer -> writer.put(ByteBuffer.allocate(1)));
    methods.put("put(String)", writer -> writer.put("a"));
    methods.put("putBuffer", writer -> writer.putBuffer(1));
    return methods;
  }

  /** Encodes one datagram to the peer. What the test asserts meanwhile counts. */
  private void encode(Consumer<DatagramWriter> payload) {
    AtomicReference<AssertionError> failed = new AtomicReference<>();
    DatagramEncoder<Integer> encoder =
        (ignored, writer) -> {
          try {
            payload.accept(writer.remoteAddress(PEER));
          } catch (AssertionError e) {
            failed.set(e);
          }
        };
    server.subscribe(server.connection().send(Flux.just(1), encoder));
    server.run();
    if (failed.get() != null) {
      throw failed.get();
    }
  }

  private byte[] encoded(Consumer<DatagramWriter> payload) {
    encode(payload);
    assertThat(server.drops()).isEmpty();
    assertThat(server.socket().sent().getLast().target()).isEqualTo(PEER);
    return server.socket().sent().getLast().bytes();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void numbersAreBigEndian() {
    assertThat(encoded(writer -> writer.putByte(0x1FE))).isEqualTo(bytes(0xFE));
    assertThat(encoded(writer -> writer.putShort(0x1_8002))).isEqualTo(bytes(0x80, 0x02));
    assertThat(encoded(writer -> writer.putInt(0x8000_0203)))
        .isEqualTo(bytes(0x80, 0x00, 0x02, 0x03));
    assertThat(encoded(writer -> writer.putLong(0x8001_0203_0405_0607L)))
        .isEqualTo(bytes(0x80, 1, 2, 3, 4, 5, 6, 7));
  }

  @Test
  void whatIsPutStandsFromFrontToBack() {
    assertThat(encoded(writer -> writer.putByte(1).putShort(0x0203).putInt(0x0405_0607).putByte(8)))
        .isEqualTo(bytes(1, 2, 3, 4, 5, 6, 7, 8));
  }

  @Test
  void arraysAreAppendedWholeOrInPart() {
    byte[] source = bytes(1, 2, 3, 4);

    assertThat(encoded(writer -> writer.put(source).put(source, 1, 2).put(source, 4, 0)))
        .isEqualTo(bytes(1, 2, 3, 4, 2, 3));
  }

  @Test
  void aTextIsAppendedInUtf8() {
    assertThat(encoded(writer -> writer.put("aä").put("€"))).isEqualTo("aä€".getBytes(UTF_8));
  }

  @Test
  void ofABufferWhatRemainsIsAppendedAndItsPositionMovesToItsLimit() {
    for (ByteBuffer source :
        List.of(
            ByteBuffer.wrap(bytes(9, 1, 2, 3, 9)),
            ByteBuffer.allocateDirect(5).put(0, bytes(9, 1, 2, 3, 9)),
            ByteBuffer.wrap(bytes(9, 1, 2, 3, 9)).asReadOnlyBuffer())) {
      source.position(1).limit(4);

      assertThat(encoded(writer -> writer.put(source))).isEqualTo(bytes(1, 2, 3));
      assertThat(source.position()).isEqualTo(4);
      assertThat(source.limit()).isEqualTo(4);
    }
  }

  @Test
  void lengthAndRemainingFollowWhatIsWritten() {
    List<Integer> seen = new ArrayList<>();

    encoded(
        writer -> {
          seen.add(writer.length());
          seen.add(writer.remaining());
          writer.putShort(1).putByte(2);
          seen.add(writer.length());
          seen.add(writer.remaining());
        });

    assertThat(seen).containsExactly(0, 8, 3, 5);
  }

  @Test
  void eachDatagramBeginsEmpty() {
    encoded(writer -> writer.putLong(-1));

    assertThat(encoded(writer -> assertThat(writer.length()).isZero())).isEmpty();
  }

  @Test
  void aBufferOfTheSlotIsZeroedBigEndianAndCountsAsWritten() {
    for (int i = 0; i < 4; i++) {
      encoded(writer -> writer.putLong(-1)); // so that each slot has something to hide
    }

    byte[] bytes =
        encoded(
            writer -> {
              ByteBuffer buffer = writer.putByte(1).putBuffer(6);
              assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
              assertThat(buffer.remaining()).isEqualTo(6);
              assertThat(writer.length()).isEqualTo(7);
              buffer.putShort(2, (short) 0x0203);
              writer.putByte(4);
            });

    assertThat(bytes).isEqualTo(bytes(1, 0, 0, 2, 3, 0, 0, 4));
  }

  @Test
  void severalBuffersOfOneDatagramLiveBesideEachOther() {
    assertThat(
            encoded(
                writer -> {
                  ByteBuffer first = writer.putBuffer(1);
                  ByteBuffer second = writer.putBuffer(2);
                  ByteBuffer empty = writer.putBuffer(0);
                  second.putShort((short) 0x0203);
                  first.put((byte) 1);
                  assertThat(empty.remaining()).isZero();
                }))
        .isEqualTo(bytes(1, 2, 3));
  }

  @Test
  void aBufferOfTheSlotIsDeadAfterTheCall() {
    AtomicReference<ByteBuffer> kept = new AtomicReference<>();
    encoded(writer -> kept.set(writer.putBuffer(4)));

    assertThatIllegalStateException().isThrownBy(() -> kept.get().put(0, (byte) 1));
    assertThatIllegalStateException().isThrownBy(() -> kept.get().get(0));
  }

  @Test
  void aBufferOfTheSlotIsDeadAlsoWhenTheEncoderThrew() {
    AtomicReference<ByteBuffer> kept = new AtomicReference<>();
    encode(
        writer -> {
          kept.set(writer.putBuffer(4));
          throw new IllegalArgumentException("from the encoder");
        });

    assertThatIllegalStateException().isThrownBy(() -> kept.get().get(0));
  }

  @Test
  void aBufferOfTheSlotIsForTheEncodersThreadOnly() {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    encode(
        writer -> {
          ByteBuffer buffer = writer.putBuffer(4);
          thrown.set(onAnotherThread(() -> buffer.get(0)));
        });

    assertThat(thrown.get()).isInstanceOf(WrongThreadException.class);
  }

  @Test
  void aNegativeCountIsRefused() {
    encode(
        writer -> {
          assertThatIllegalArgumentException().isThrownBy(() -> writer.putBuffer(-1));
          assertThatThrownBy(() -> writer.put(new byte[4], 0, -1))
              .isInstanceOf(IndexOutOfBoundsException.class);
          assertThat(writer.length()).isZero();
        });
  }

  @Test
  void aPutThatThrowsWritesNothing() {
    for (int i = 0; i < 4; i++) {
      encoded(writer -> writer.putLong(-1)); // what must not leave a second time
    }
    ByteBuffer dead = deadBuffer();

    byte[] bytes =
        encoded(
            writer -> {
              assertThatThrownBy(() -> writer.put(new byte[4], 2, 3))
                  .isInstanceOf(IndexOutOfBoundsException.class);
              assertThatThrownBy(() -> writer.put((byte[]) null))
                  .isInstanceOf(NullPointerException.class);
              assertThatIllegalStateException().isThrownBy(() -> writer.put(dead));
              assertThat(writer.length()).isZero();
              writer.putByte(1);
            });

    assertThat(bytes).isEqualTo(bytes(1));
  }

  private ByteBuffer deadBuffer() {
    AtomicReference<ByteBuffer> kept = new AtomicReference<>();
    encoded(writer -> kept.set(writer.putBuffer(4)));
    return kept.get();
  }

  @ParameterizedTest
  @FieldSource("METHOD_NAMES")
  void afterTheCallEveryMethodThrows(String method) {
    AtomicReference<DatagramWriter> kept = new AtomicReference<>();
    encoded(kept::set);

    assertThatIllegalStateException()
        .isThrownBy(() -> METHODS.get(method).accept(kept.get()))
        .withMessageContaining("inside DatagramEncoder.encode");
  }

  @ParameterizedTest
  @FieldSource("METHOD_NAMES")
  void onAnotherThreadEveryMethodThrows(String method) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    encode(writer -> thrown.set(onAnotherThread(() -> METHODS.get(method).accept(writer))));

    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("on the thread that calls it");
  }

  @ParameterizedTest
  @FieldSource("METHOD_NAMES")
  void insideTheCallEveryMethodWorks(String method) {
    encoded(METHODS.get(method));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "putByte",
        "putShort",
        "putInt",
        "putLong",
        "put(byte[])",
        "put(byte[], int, int)",
        "put(ByteBuffer)",
        "put(String)",
        "putBuffer"
      })
  void writingBeyondTheSlotFailsTheDatagramAndWritesNothing(String method) {
    encode(
        writer -> {
          writer.put(new byte[8]);
          Throwable refused = catchThrowable(() -> METHODS.get(method).accept(writer));
          assertThat(refused).hasMessageContaining("does not fit a send slot of 8");
          assertThat(writer.length()).isEqualTo(8);
          assertThat(writer.remaining()).isZero();
        });

    assertThat(server.stats().count(DropReason.TOO_LARGE)).isEqualTo(1);
    assertThat(server.socket().sent()).isEmpty();
  }

  @Test
  void aBufferThatDoesNotFitKeepsItsPosition() {
    ByteBuffer source = ByteBuffer.allocate(9);
    encode(writer -> assertThatThrownBy(() -> writer.put(source)).isNotNull());

    assertThat(source.position()).isZero();
  }

  @Test
  void aCountNearTheLargestIntIsTooLargeToo() {
    encode(
        writer -> {
          writer.putByte(1);
          assertThatThrownBy(() -> writer.putBuffer(Integer.MAX_VALUE))
              .hasMessageContaining("at least 2147483648 bytes");
        });

    assertThat(server.stats().count(DropReason.TOO_LARGE)).isEqualTo(1);
  }

  @Test
  void theLastTargetThatIsNamedCounts() {
    encode(writer -> writer.remoteAddress(new java.net.InetSocketAddress(PEER.getAddress(), 5)));

    assertThat(server.socket().sent().getLast().target().getPort()).isEqualTo(5);
  }

  @Test
  void itsTextNamesTargetAndLengthAndNeverThePayload() {
    AtomicReference<DatagramWriter> kept = new AtomicReference<>();
    AtomicReference<String> text = new AtomicReference<>();
    encoded(
        writer -> {
          kept.set(writer);
          text.set(writer.put("secret").toString());
        });

    assertThat(text.get()).contains("192.0.2.7", "6 bytes").doesNotContain("secret");
    assertThat(kept.get().toString()).isEqualTo("DatagramWriter[not usable here]");
  }

  private static Throwable onAnotherThread(Runnable action) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread = Thread.ofPlatform().start(() -> thrown.set(catchThrowable(action::run)));
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return thrown.get();
  }
}
