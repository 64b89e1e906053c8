package io.rioreactive.test;

import static io.rioreactive.DropReason.DECODER;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.DatagramDecoder;
import io.rioreactive.DatagramView;
import io.rioreactive.Drop;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A decoder")
class DecoderTest {

  private static final byte[] BYTES = {(byte) 0x81, 2, 3, 4, 5, 6, 7, (byte) 0x88, 'i', 'x'};

  private final Rig rig = Rig.create();

  @AfterEach
  void close() {
    rig.close();
  }

  // ---- what it answers

  @Test
  @DisplayName("is called once for each datagram, in order, and its values are delivered")
  void delivers() {
    List<String> calls = new ArrayList<>();
    Probe<Integer> probe =
        decode(
            view -> {
              calls.add(view.asString());
              return view.length();
            });

    rig.receive("a", "", "ccc");

    assertThat(calls).containsExactly("a", "", "ccc");
    assertThat(probe.values()).containsExactly(1, 0, 3);
    assertThat(rig.stats().bytesReceived()).isEqualTo(4);
  }

  @Test
  @DisplayName("that answers null skips: counted, not reported, and the stream goes on")
  void nullSkips() {
    Probe<String> probe = decode(view -> view.length() > 1 ? null : view.asString());

    rig.receive("a", "long", "b");

    assertThat(probe.values()).containsExactly("a", "b");
    assertThat(rig.stats().skipped()).isEqualTo(1);
    assertThat(rig.drops()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("failures")
  @DisplayName("that throws drops that datagram with its cause, and the stream goes on")
  void throwingDrops(Throwable failure) {
    Probe<String> probe =
        decode(
            view -> {
              if (view.length() > 1) {
                throw sneaky(failure);
              }
              return view.asString();
            });

    rig.receive("a", "long", "b");

    assertThat(probe.values()).containsExactly("a", "b");
    assertThat(rig.dropped(DECODER)).isEqualTo(1);
    assertThat(rig.drops()).containsExactly(new Drop(DECODER, Rig.PEER, 4, failure));
  }

  static List<Throwable> failures() {
    return List.of(
        new IOException("checked"),
        new IllegalStateException("unchecked"),
        new AssertionError("an Error"),
        new StackOverflowError());
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> RuntimeException sneaky(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  @DisplayName("is not called for a datagram that nobody wants")
  void notCalledWithoutDemand() {
    List<String> calls = new ArrayList<>();
    try (Rig rig = Posts.KEPT.rig()) {
      Probe<String> probe = Probe.requesting(3);
      rig.connection()
          .<String>receive(
              view -> {
                calls.add(view.asString());
                return "";
              })
          .subscribe(probe);
      rig.run();
      probe.cancel();

      rig.receive("1", "2");
    }
    assertThat(calls).isEmpty();
  }

  @Test
  @DisplayName("is not called for a truncated datagram")
  void notCalledForTruncated() {
    List<String> calls = new ArrayList<>();
    decode(view -> calls.add(view.asString()));

    rig.receive("longer than sixteen bytes", "a");

    assertThat(calls).containsExactly("a");
  }

  // ---- what it sees

  @Test
  @DisplayName("gets the same view object each time: nothing is allocated")
  void sameView() {
    List<DatagramView> views = new ArrayList<>();
    decode(view -> views.add(view));

    rig.receive("a", "b");
    rig.receive("c");

    assertThat(views).hasSize(3);
    assertThat(views.get(1)).isSameAs(views.get(0));
    assertThat(views.get(2)).isSameAs(views.get(0));
  }

  @Test
  @DisplayName("gets the same address object for the same peer")
  void samePeer() {
    List<InetSocketAddress> peers = new ArrayList<>();
    decode(view -> peers.add(view.remoteAddress()));

    rig.receive("a", "b");

    assertThat(peers.get(0)).isEqualTo(Rig.PEER);
    assertThat(peers.get(1)).isSameAs(peers.get(0));
  }

  @Test
  @DisplayName("sees who sent each datagram")
  void peers() {
    List<InetSocketAddress> peers = new ArrayList<>();
    InetSocketAddress other = new InetSocketAddress(InetAddress.ofLiteral("198.51.100.1"), 53);
    decode(view -> peers.add(view.remoteAddress()));

    rig.socket().deliver(new byte[1], Rig.PEER);
    rig.socket().deliver(new byte[1], other);
    rig.run();

    assertThat(peers).containsExactly(Rig.PEER, other);
  }

  @Test
  @DisplayName("sees no local address, which this kernel does not tell")
  void localAddress() {
    see(
        view -> {
          assertThat(view.localAddress()).isNull();
          assertThat(view.isUnicast()).isFalse();
        });
  }

  @Test
  @DisplayName("reads numbers in network order")
  void bigEndian() {
    see(
        view -> {
          assertThat(view.length()).isEqualTo(10);
          assertThat(view.getByte(0)).isEqualTo((byte) 0x81);
          assertThat(view.getByte(9)).isEqualTo((byte) 'x');
          assertThat(view.getShort(0)).isEqualTo((short) 0x8102);
          assertThat(view.getInt(0)).isEqualTo(0x81020304);
          assertThat(view.getInt(4)).isEqualTo(0x05060788);
          assertThat(view.getLong(0)).isEqualTo(0x8102030405060788L);
          assertThat(view.getLong(1)).as("not aligned").isEqualTo(0x0203040506078869L);
        });
  }

  @Test
  @DisplayName("copies bytes and text out")
  void copies() {
    see(
        view -> {
          byte[] target = new byte[5];
          view.getBytes(1, target, 2, 3);
          assertThat(target).containsExactly(0, 0, 2, 3, 4);
          view.getBytes(10, target, 5, 0);
          assertThat(view.toByteArray()).isEqualTo(BYTES);
          assertThat(view.asString(ISO_8859_1)).isEqualTo(new String(BYTES, ISO_8859_1));
          assertThat(view.asString()).isEqualTo(new String(BYTES, UTF_8)).endsWith("ix");
        });
  }

  @Test
  @DisplayName("sees a buffer: read-only, big-endian, of exactly the payload")
  void buffer() {
    see(
        view -> {
          ByteBuffer buffer = view.asByteBuffer();
          assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
          assertThat(buffer.remaining()).isEqualTo(10);
          assertThat(buffer.getInt(0)).isEqualTo(0x81020304);
          assertThat(buffer).isEqualTo(ByteBuffer.wrap(BYTES));
          assertThatThrownBy(() -> buffer.put(0, (byte) 1))
              .isInstanceOf(ReadOnlyBufferException.class);
        });
  }

  @Test
  @DisplayName("sees a segment: read-only, of exactly the payload")
  void segment() {
    see(
        view -> {
          MemorySegment segment = view.asMemorySegment();
          assertThat(segment.byteSize()).isEqualTo(10);
          assertThat(segment.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(BYTES);
          assertThat(segment.isReadOnly()).isTrue();
          assertThatThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 10))
              .isInstanceOf(IndexOutOfBoundsException.class);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, 10, 11, Integer.MAX_VALUE})
  @DisplayName("that reads outside the payload gets an IndexOutOfBoundsException")
  void outside(int index) {
    see(
        view -> {
          assertOutside(() -> view.getByte(index));
          assertOutside(() -> view.getShort(index));
          assertOutside(() -> view.getInt(index));
          assertOutside(() -> view.getLong(index));
          assertOutside(() -> view.getBytes(index, new byte[1], 0, 1));
        });
  }

  @Test
  @DisplayName("that reads a number across the end of the payload gets one too")
  void acrossTheEnd() {
    see(
        view -> {
          assertOutside(() -> view.getShort(9));
          assertOutside(() -> view.getInt(7));
          assertOutside(() -> view.getLong(3));
          assertOutside(() -> view.getBytes(8, new byte[9], 0, 3));
          assertOutside(() -> view.getBytes(0, new byte[2], 0, 3));
          assertOutside(() -> view.getBytes(0, new byte[2], -1, 1));
          assertOutside(() -> view.getBytes(0, new byte[2], 0, -1));
        });
  }

  @Test
  @DisplayName("sees nothing of an empty datagram, and of the slot's former one")
  void nothingOfTheFormer() {
    Probe<String> probe =
        decode(
            view -> {
              assertThat(view.toByteArray()).hasSize(view.length());
              assertThat(view.asByteBuffer().remaining()).isEqualTo(view.length());
              assertThat(view.asMemorySegment().byteSize()).isEqualTo(view.length());
              assertOutside(() -> view.getByte(view.length()));
              return view.asString();
            });

    rig.receive("secret secret");
    rig.receive("");

    assertThat(probe.values()).containsExactly("secret secret", "");
  }

  // ---- what it must not keep

  @Test
  @DisplayName("that keeps the view finds it closed: every method throws")
  void viewAfterTheCall() {
    AtomicReference<DatagramView> kept = new AtomicReference<>();
    decode(
        view -> {
          kept.set(view);
          return 1;
        });
    rig.receive("a");

    for (Consumer<DatagramView> use : uses()) {
      assertThatThrownBy(() -> use.accept(kept.get()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("receive()");
    }
    assertThat(kept.get()).hasToString("DatagramView[not usable here]");
  }

  @Test
  @DisplayName("that threw finds it closed as well")
  void viewAfterAThrowingCall() {
    AtomicReference<DatagramView> kept = new AtomicReference<>();
    AtomicReference<ByteBuffer> buffer = new AtomicReference<>();
    decode(
        view -> {
          kept.set(view);
          buffer.set(view.asByteBuffer());
          throw new IOException();
        });
    rig.receive("a");

    assertThatThrownBy(() -> kept.get().length()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> buffer.get().get(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @DisplayName("that hands the view to its subscriber: it is closed in onNext")
  void viewInOnNext() {
    List<Throwable> thrown = new ArrayList<>();
    Probe<DatagramView> probe = Probe.requesting(1);
    probe.onNext(view -> thrown.add(catching(view::length)));
    rig.connection().<DatagramView>receive(view -> view).subscribe(probe);
    rig.run();

    rig.receive("a");

    assertThat(thrown).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @Test
  @DisplayName("that hands the view to another thread: every method throws there")
  void viewOnAnotherThread() {
    see(
        view -> {
          for (Consumer<DatagramView> use : uses()) {
            assertThat(onAnotherThread(() -> use.accept(view)))
                .isInstanceOf(IllegalStateException.class);
          }
          assertThat(view).hasToString("DatagramView[10 bytes]");
        });
  }

  @Test
  @DisplayName("that keeps a buffer or a segment finds it dead")
  void buffersDieWithTheCall() {
    AtomicReference<ByteBuffer> buffer = new AtomicReference<>();
    AtomicReference<ByteBuffer> slice = new AtomicReference<>();
    AtomicReference<MemorySegment> segment = new AtomicReference<>();
    decode(
        view -> {
          buffer.set(view.asByteBuffer());
          slice.set(view.asByteBuffer().slice(0, 1).duplicate());
          segment.set(view.asMemorySegment().asSlice(0, 1));
          return 1;
        });
    rig.receive("a");
    rig.receive("b"); // another view over the same slot does not bring them back

    assertThatThrownBy(() -> buffer.get().get(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> slice.get().get(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> segment.get().get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  @DisplayName("that hands a buffer or a segment to another thread: it cannot be read there")
  void buffersAreConfined() {
    see(
        view -> {
          ByteBuffer buffer = view.asByteBuffer();
          MemorySegment segment = view.asMemorySegment();
          assertThat(onAnotherThread(() -> buffer.get(0))).isInstanceOf(WrongThreadException.class);
          assertThat(onAnotherThread(() -> segment.get(ValueLayout.JAVA_BYTE, 0)))
              .isInstanceOf(WrongThreadException.class);
        });
  }

  private static List<Consumer<DatagramView>> uses() {
    return List.of(
        DatagramView::length,
        DatagramView::remoteAddress,
        DatagramView::isUnicast,
        DatagramView::localAddress,
        view -> view.getByte(0),
        view -> view.getShort(0),
        view -> view.getInt(0),
        view -> view.getLong(0),
        view -> view.getBytes(0, new byte[1], 0, 1),
        DatagramView::toByteArray,
        DatagramView::asString,
        view -> view.asString(ISO_8859_1),
        DatagramView::asByteBuffer,
        DatagramView::asMemorySegment);
  }

  /** Runs the assertions inside the decoder, on a datagram of {@link #BYTES}. */
  private void see(Consumer<DatagramView> assertions) {
    Probe<Integer> probe =
        decode(
            view -> {
              assertions.accept(view);
              return view.length();
            });
    rig.socket().deliver(BYTES, Rig.PEER);
    rig.run();
    rig.drops().forEach(drop -> assertThat(drop.cause()).as("assertions").isNull());
    assertThat(probe.values()).containsExactly(BYTES.length);
  }

  private <T> Probe<T> decode(DatagramDecoder<T> decoder) {
    Probe<T> probe = Probe.unbounded();
    rig.connection().<T>receive(decoder).subscribe(probe);
    rig.run();
    return probe;
  }

  private static void assertOutside(Runnable read) {
    assertThatThrownBy(read::run).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static Throwable onAnotherThread(Runnable action) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread = Thread.ofPlatform().start(() -> thrown.set(catching(action)));
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return thrown.get();
  }

  private static Throwable catching(Runnable action) {
    try {
      action.run();
    } catch (Throwable thrown) {
      return thrown;
    }
    throw new AssertionError("nothing was thrown");
  }
}
