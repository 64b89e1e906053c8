package io.rioreactive.spring;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramDecoder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.Decoder;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.codec.Encoder;
import org.springframework.core.codec.EncodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.util.MimeType;

/**
 * Spring's decoders and encoders on datagrams: what {@link RioDatagramHandler} methods read and
 * write, for any other code that wants the same.
 *
 * <pre>{@code
 * connection.receive(codecs.decoder(Reading.class)) // what is no Reading is dropped and counted
 *     .subscribe(store::add);
 * out.send(in.receive()
 *     .map(query -> codecs.reply(query, answer(codecs.decode(query, Question.class)))))
 * }</pre>
 *
 * <p>Of several that know a type the first is taken: beans of the application, then those of
 * spring-web where it is there, JSON before other formats. A datagram is decoded as a whole, and a
 * value encoded into one datagram. Immutable; any thread.
 */
public final class DatagramCodecs {

  private final List<Decoder<?>> decoders;
  private final List<Encoder<?>> encoders;

  /** With these, the first to be asked first. */
  public DatagramCodecs(List<? extends Decoder<?>> decoders, List<? extends Encoder<?>> encoders) {
    this.decoders = List.copyOf(decoders);
    this.encoders = List.copyOf(encoders);
  }

  /**
   * The payload as Spring sees bytes: not copied, and to be read only. It is not pooled, so nothing
   * leaks if nobody releases it.
   */
  public static DataBuffer toDataBuffer(Datagram datagram) {
    return DefaultDataBufferFactory.sharedInstance.wrap(datagram.payload());
  }

  /** A copy of the readable bytes of a buffer, which is released: it may be pooled. */
  public static byte[] toByteArray(DataBuffer buffer) {
    try {
      byte[] bytes = new byte[buffer.readableByteCount()];
      buffer.read(bytes);
      return bytes;
    } finally {
      DataBufferUtils.release(buffer);
    }
  }

  /** Whether there is a decoder for a type, and for a MIME type if one is given. */
  public boolean canDecode(ResolvableType type, @Nullable MimeType mimeType) {
    return decodersOf(type, mimeType).findFirst().isPresent();
  }

  /** Whether there is an encoder for a type, and for a MIME type if one is given. */
  public boolean canEncode(ResolvableType type, @Nullable MimeType mimeType) {
    return encodersOf(type, mimeType).findFirst().isPresent();
  }

  private Stream<Decoder<?>> decodersOf(ResolvableType type, @Nullable MimeType mimeType) {
    return decoders.stream().filter(decoder -> decoder.canDecode(type, mimeType));
  }

  private Stream<Encoder<?>> encodersOf(ResolvableType type, @Nullable MimeType mimeType) {
    return encoders.stream().filter(encoder -> encoder.canEncode(type, mimeType));
  }

  /**
   * The payload as a value.
   *
   * @throws DecodingException if it is none, null included
   * @throws IllegalArgumentException if no decoder knows the type
   */
  public <T> T decode(Datagram datagram, Class<T> type) {
    return type.cast(
        notNull(decode(toDataBuffer(datagram), ResolvableType.forClass(type), null), type));
  }

  private static Object notNull(@Nullable Object value, Class<?> type) {
    if (value == null) {
      throw new DecodingException("null is no " + type.getName());
    }
    return value;
  }

  /**
   * The payload as a value of a generic type.
   *
   * @param mimeType by which the decoder is chosen; null for the first that knows the type
   * @return null where the format says so, as JSON can
   * @throws DecodingException if it is none
   * @throws IllegalArgumentException if no decoder knows the type
   */
  public @Nullable Object decode(
      Datagram datagram, ResolvableType type, @Nullable MimeType mimeType) {
    return decode(toDataBuffer(datagram), type, mimeType);
  }

  private @Nullable Object decode(
      DataBuffer buffer, ResolvableType type, @Nullable MimeType mimeType) {
    Decoder<?> decoder =
        decodersOf(type, mimeType)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no Decoder for " + type));
    return decoder.decode(buffer, type, mimeType, null);
  }

  /**
   * Decodes while a datagram is received, so that one which is no such value costs itself alone: it
   * is dropped and counted ({@link io.rioreactive.DropReason#DECODER}), and the stream goes on.
   *
   * @throws IllegalArgumentException if no decoder knows the type
   */
  public <T> DatagramDecoder<T> decoder(Class<T> type) {
    ResolvableType wanted = ResolvableType.forClass(type);
    if (!canDecode(wanted, null)) {
      throw new IllegalArgumentException("no Decoder for " + wanted);
    }
    return view -> {
      DataBuffer buffer = DefaultDataBufferFactory.sharedInstance.wrap(view.toByteArray());
      return type.cast(notNull(decode(buffer, wanted, null), type));
    };
  }

  /**
   * A value as the payload of one datagram.
   *
   * @param type of the value, of which it may be a subtype
   * @param mimeType by which the encoder is chosen; null for the first that knows the type
   * @throws EncodingException if the encoder cannot encode it
   * @throws IllegalArgumentException if no encoder knows the type
   */
  @SuppressWarnings("unchecked") // it has said that it can
  public byte[] encode(Object value, ResolvableType type, @Nullable MimeType mimeType) {
    Encoder<Object> encoder =
        (Encoder<Object>)
            encodersOf(type, mimeType)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no Encoder for " + type));
    try {
      return toByteArray(
          encoder.encodeValue(
              value, DefaultDataBufferFactory.sharedInstance, type, mimeType, null));
    } catch (UnsupportedOperationException streamsOnly) { // as Encoder itself answers
      throw new EncodingException(
          encoder.getClass().getName() + " encodes no single value: implement its encodeValue",
          streamsOnly);
    }
  }

  /** The answer to a datagram: a value of any type that a handler method may give. */
  public Datagram reply(Datagram query, Object value) {
    return reply(query, value, null, null);
  }

  /**
   * The answer to a datagram.
   *
   * @param value a {@link Datagram}, which is taken as it is, or a payload
   * @param type by which the encoder is chosen; null for that of the value
   * @param mimeType by which the encoder is chosen; null for the first that knows the type
   * @throws IllegalArgumentException if no encoder knows the type
   */
  public Datagram reply(
      Datagram query, Object value, @Nullable ResolvableType type, @Nullable MimeType mimeType) {
    return switch (value) {
      case Datagram reply -> reply;
      case byte[] bytes -> query.reply(bytes);
      case String text -> query.reply(text);
      case ByteBuffer buffer -> query.reply(buffer);
      case DataBuffer buffer -> query.reply(toByteArray(buffer));
      default ->
          query.reply(
              encode(value, type == null ? ResolvableType.forInstance(value) : type, mimeType));
    };
  }
}
