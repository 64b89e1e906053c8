package io.rioreactive.spring.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.spring.DatagramCodecs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.AbstractEncoder;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.codec.EncodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferWrapper;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.core.io.buffer.PooledDataBuffer;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import org.springframework.util.MimeType;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@Timeout(120)
class DatagramCodecsTest {

  private static final DatagramCodecs JSON =
      new DatagramCodecs(List.of(new JacksonJsonDecoder()), List.of(new JacksonJsonEncoder()));

  private static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

  record Point(int x, int y) {}

  @Test
  void aPayloadIsABufferThatNobodyCanChange() {
    Datagram datagram = Datagram.to(PEER, "hello");
    DataBuffer buffer = DatagramCodecs.toDataBuffer(datagram);

    assertThat(buffer.toString(UTF_8)).isEqualTo("hello");
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> buffer.writePosition(0).write((byte) 1));
    assertThat(datagram.asString()).isEqualTo("hello");
  }

  @Test
  void onlyWhatIsReadableIsTaken() {
    DataBuffer buffer = DefaultDataBufferFactory.sharedInstance.allocateBuffer(64);
    buffer.write("hello", UTF_8).readPosition(1);

    assertThat(DatagramCodecs.toByteArray(buffer)).isEqualTo("ello".getBytes(UTF_8));
  }

  @Test
  void aPooledBufferIsReleased() {
    Pooled buffer = new Pooled("hello");

    Datagram reply = JSON.reply(Datagram.to(PEER, "query"), buffer);

    assertThat(reply.asString()).isEqualTo("hello");
    assertThat(buffer.isAllocated()).isFalse();
  }

  /** Counts as Netty's do. */
  private static final class Pooled extends DataBufferWrapper implements PooledDataBuffer {

    private int references = 1;

    Pooled(String text) {
      super(DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(UTF_8)));
    }

    @Override
    public boolean isAllocated() {
      return references > 0;
    }

    @Override
    public PooledDataBuffer retain() {
      references++;
      return this;
    }

    @Override
    public PooledDataBuffer touch(Object hint) {
      return this;
    }

    @Override
    public boolean release() {
      return --references == 0;
    }
  }

  @Test
  void valuesGoThereAndBack() {
    Datagram reply = JSON.reply(Datagram.to(PEER, "query"), new Point(3, 4));

    assertThat(reply.remoteAddress()).isEqualTo(PEER);
    assertThat(JSON.decode(reply, Point.class)).isEqualTo(new Point(3, 4));
    assertThat(
            JSON.decode(
                Datagram.to(PEER, "[{\"x\":1,\"y\":2}]"),
                ResolvableType.forClassWithGenerics(List.class, Point.class),
                null))
        .isEqualTo(List.of(new Point(1, 2)));
  }

  @Test
  void whatIsNoValueFails() {
    assertThatExceptionOfType(DecodingException.class)
        .isThrownBy(() -> JSON.decode(Datagram.to(PEER, "{"), Point.class));
    assertThatExceptionOfType(DecodingException.class)
        .isThrownBy(() -> JSON.decode(Datagram.to(PEER, "null"), Point.class));
  }

  @Test
  void whatNobodyKnowsIsRefused() {
    DatagramCodecs none = new DatagramCodecs(List.of(), List.of());

    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> none.decoder(Point.class))
        .withMessageContaining("no Decoder for " + Point.class.getName());
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> none.reply(Datagram.to(PEER, "query"), new Point(1, 2)))
        .withMessageContaining("no Encoder for " + Point.class.getName());
  }

  @Test
  void anEncoderOfStreamsAloneIsNamed() {
    DatagramCodecs codecs = new DatagramCodecs(List.of(), List.of(new OfStreams()));

    assertThatExceptionOfType(EncodingException.class)
        .isThrownBy(() -> codecs.reply(Datagram.to(PEER, "query"), new Point(1, 2)))
        .withMessageContainingAll(OfStreams.class.getName(), "implement its encodeValue");
  }

  private static final class OfStreams extends AbstractEncoder<Point> {
    @Override
    public Flux<DataBuffer> encode(
        Publisher<? extends Point> points,
        DataBufferFactory factory,
        ResolvableType type,
        @Nullable MimeType mimeType,
        @Nullable Map<String, Object> hints) {
      return Flux.empty();
    }
  }

  @Test
  void aDatagramThatIsNoValueCostsItselfAlone() throws Exception {
    RioConnection server = RioUdpServer.create().bindNow();
    try (Peer peer = new Peer()) {
      StepVerifier.create(server.receive(JSON.decoder(Point.class)), 2)
          .then(
              () ->
                  send(peer, server, "nonsense", "{\"x\":1,\"y\":2}", "null", "{\"x\":3,\"y\":4}"))
          .expectNext(new Point(1, 2), new Point(3, 4))
          .thenCancel()
          .verify(Duration.ofSeconds(60));
      assertThat(server.stats().count(DropReason.DECODER)).isEqualTo(2);
    } finally {
      server.disposeNow();
    }
  }

  private static void send(Peer peer, RioConnection server, String... texts) {
    try {
      for (String text : texts) {
        peer.send(server.localAddress(), text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
