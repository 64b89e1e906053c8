package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rioreactive.DatagramView;
import io.rioreactive.DatagramWriter;
import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.test.Peer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Decoding and encoding in the slot. */
interface InPlaceContract extends OnTestbed {

  record Reading(InetSocketAddress from, long time, int value) {

    static Reading decode(DatagramView view) {
      return new Reading(view.remoteAddress(), view.getLong(0), view.getInt(8));
    }

    static void encode(Reading reading, DatagramWriter writer) {
      writer.remoteAddress(reading.from()).putLong(reading.time()).putInt(reading.value());
    }
  }

  @Test
  default void aValueIsDecodedInTheSlotAndEncodedInTheSlot() {
    RioConnection connection =
        testbed()
            .bind(
                testbed()
                    .server()
                    .handle((in, out) -> out.send(in.receive(Reading::decode), Reading::encode)));
    Peer peer = testbed().peer();
    byte[] reading = ByteBuffer.allocate(12).putLong(1_234_567_890_123L).putInt(-7).array();

    peer.send(reading, connection.localAddress());

    assertThat(peer.receive()).isEqualTo(reading);
  }

  @Test
  default void nullFromADecoderSkipsAndAnExceptionDropsAndTheStreamGoesOn() {
    List<Drop> drops = new CopyOnWriteArrayList<>();
    RioConnection connection = testbed().bind(testbed().server().doOnDrop(drops::add));
    Peer peer = testbed().peer();
    Flux<String> decoded =
        connection.receive(
            view ->
                switch (view.asString()) {
                  case "skip" -> null;
                  case "throw" -> throw new OnPurpose();
                  case String text -> text;
                });

    List<String> got = new CopyOnWriteArrayList<>();
    decoded.subscribe(got::add);
    for (String text : new String[] {"1", "skip", "2", "throw", "3"}) {
      peer.send(text, connection.localAddress());
    }

    eventually(() -> assertThat(connection.stats().received()).isEqualTo(5));
    eventually(() -> assertThat(got).hasSize(3));
    testbed().assertReceived(got, "1", "2", "3");
    assertThat(connection.stats().skipped()).isEqualTo(1);
    assertThat(connection.stats().count(DropReason.DECODER)).isEqualTo(1);
    assertThat(drops)
        .singleElement()
        .satisfies(
            drop -> {
              assertThat(drop.reason()).isEqualTo(DropReason.DECODER);
              assertThat(drop.peer()).isEqualTo(peer.address());
              assertThat(drop.length()).isEqualTo(5);
              assertThat(drop.cause()).hasMessage("on purpose");
            });
  }

  @Test
  default void aViewIsUsableInsideItsCallOnly() {
    RioConnection connection = testbed().bind(testbed().server());
    AtomicReference<DatagramView> view = new AtomicReference<>();
    AtomicReference<ByteBuffer> buffer = new AtomicReference<>();
    AtomicReference<MemorySegment> segment = new AtomicReference<>();
    Mono<String> decoded =
        connection
            .<String>receive(
                given -> {
                  view.set(given);
                  buffer.set(given.asByteBuffer());
                  segment.set(given.asMemorySegment());
                  return StandardCharsets.UTF_8.decode(given.asByteBuffer()).toString();
                })
            .doOnNext(
                text -> { // on the pump, after the call
                  assertThatIllegalStateException().isThrownBy(() -> view.get().length());
                  assertThatIllegalStateException().isThrownBy(() -> view.get().getByte(0));
                  assertThatIllegalStateException().isThrownBy(() -> view.get().remoteAddress());
                  assertThatIllegalStateException().isThrownBy(() -> buffer.get().get(0));
                  assertThatIllegalStateException()
                      .isThrownBy(() -> segment.get().get(ValueLayout.JAVA_BYTE, 0));
                })
            .take(1)
            .singleOrEmpty();

    testbed().peer().send("bytes", connection.localAddress());

    assertThat(decoded.block(LONG)).isEqualTo("bytes");
    assertThatIllegalStateException().isThrownBy(() -> view.get().length());
    assertThatThrownBy(() -> buffer.get().get(0)).isInstanceOf(RuntimeException.class);
  }

  @Test
  default void aViewIsUsableOnItsThreadOnly() {
    RioConnection connection = testbed().bind(testbed().server());
    Mono<Throwable> elsewhere =
        connection
            .<Throwable>receive(
                view -> CompletableFuture.supplyAsync(() -> catchThrowable(view::length)).get())
            .take(1)
            .singleOrEmpty();

    testbed().peer().send("bytes", connection.localAddress());

    assertThat(elsewhere.block(LONG)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  default void aViewReadsNothingBeyondItsDatagram() {
    RioConnection connection = testbed().bind(testbed().server());
    Mono<String> decoded =
        connection
            .<String>receive(
                view -> {
                  assertThatThrownBy(() -> view.getByte(3))
                      .isInstanceOf(IndexOutOfBoundsException.class);
                  assertThatThrownBy(() -> view.getInt(0))
                      .isInstanceOf(IndexOutOfBoundsException.class);
                  assertThatThrownBy(() -> view.getByte(-1))
                      .isInstanceOf(IndexOutOfBoundsException.class);
                  return view.asString();
                })
            .take(1)
            .singleOrEmpty();

    testbed().peer().send("abc", connection.localAddress());

    assertThat(decoded.block(LONG)).isEqualTo("abc");
  }

  @Test
  default void anEncoderThatThrowsOrNamesNoTargetFailsThatElementOnly() {
    List<Drop> drops = new CopyOnWriteArrayList<>();
    RioConnection connection = testbed().bind(testbed().server().doOnDrop(drops::add));
    Peer peer = testbed().peer();

    connection
        .send(
            Flux.just("1", "throw", "2", "nowhere", "3"),
            (text, writer) -> {
              if (!text.equals("nowhere")) {
                writer.remoteAddress(peer.address());
              }
              writer.put(text);
              if (text.equals("throw")) {
                throw new OnPurpose();
              }
            })
        .block(LONG);

    assertThat(List.of(peer.receiveText(), peer.receiveText(), peer.receiveText()))
        .containsExactly("1", "2", "3");
    assertThat(drops).extracting(Drop::reason).containsOnly(DropReason.ENCODER).hasSize(2);
    eventually(() -> assertThat(connection.stats().failedTotal()).isEqualTo(2));
  }
}
