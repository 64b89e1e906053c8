package io.rioreactive.spring.boot;

import io.rioreactive.Datagram;
import io.rioreactive.spring.DatagramCodecs;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.util.MimeType;

/**
 * What a handler method takes and gives. One that can never work is refused when it is read. Any
 * thread.
 *
 * @param parameters what each parameter is
 * @param adapter of the result to a publisher; null if it is none
 * @param resultType what replies are made from; null if only each value tells
 * @param mimeType by which codecs are chosen; null for the first that knows the type
 */
record HandlerSignature(
    List<ResolvableType> parameters,
    @Nullable ReactiveAdapter adapter,
    @Nullable ResolvableType resultType,
    @Nullable MimeType mimeType) {

  /** Payloads that need no codec. */
  private static final Set<Class<?>> PLAIN =
      Set.of(Datagram.class, byte[].class, String.class, ByteBuffer.class, DataBuffer.class);

  private static final ReactiveAdapterRegistry ADAPTERS =
      ReactiveAdapterRegistry.getSharedInstance();

  /**
   * Reads a method.
   *
   * @param type of the bean
   * @throws ImpossibleSignature if it cannot be called for a datagram, or nothing can be made of
   *     its result
   */
  static HandlerSignature of(
      Method method, Class<?> type, @Nullable MimeType mimeType, DatagramCodecs codecs) {
    List<ResolvableType> parameters = new ArrayList<>();
    for (int i = 0; i < method.getParameterCount(); i++) {
      parameters.add(ResolvableType.forMethodParameter(method, i, type));
      checkParameter(i, parameters.get(i), mimeType, codecs);
    }
    ResolvableType returned = ResolvableType.forMethodReturnType(method, type);
    ReactiveAdapter adapter = ADAPTERS.getAdapter(returned.toClass());
    ResolvableType resultType = adapter == null ? returned : elementOf(returned, adapter);
    checkResult(resultType, mimeType, codecs);
    boolean isTold = !resultType.toClass().equals(Object.class);
    return new HandlerSignature(parameters, adapter, isTold ? resultType : null, mimeType);
  }

  private static ResolvableType elementOf(ResolvableType publisher, ReactiveAdapter adapter) {
    return adapter.isNoValue()
        ? ResolvableType.forClass(Void.class)
        : publisher.as(adapter.getReactiveType()).getGeneric(0);
  }

  private static void checkParameter(
      int index, ResolvableType type, @Nullable MimeType mimeType, DatagramCodecs codecs) {
    Class<?> raw = type.toClass();
    String which = "parameter " + (index + 1) + " is " + type;
    if (ADAPTERS.getAdapter(raw) != null) {
      throw new ImpossibleSignature(
          which + ", and the method is called for each datagram, not for a stream of them",
          "Take one datagram or its payload; for the stream, inject RioUdpConnections and use"
              + " receive(), with no handler for that server.");
    }
    boolean isKnown = PLAIN.contains(raw) || raw.equals(InetSocketAddress.class);
    if (!isKnown && (isOfAKind(raw) || isOurs(raw) || !codecs.canDecode(type, mimeType))) {
      throw new ImpossibleSignature(
          which + ", and no Decoder reads that" + forMimeType(mimeType),
          "Take Datagram, byte[], String, ByteBuffer, DataBuffer, InetSocketAddress (the sender),"
              + " or a type with a Decoder: a bean of the application, or one of spring-web's (JSON"
              + " needs spring-web and Jackson).");
    }
  }

  private static void checkResult(
      ResolvableType type, @Nullable MimeType mimeType, DatagramCodecs codecs) {
    Class<?> raw = type.toClass();
    boolean isNothing = raw.equals(void.class) || raw.equals(Void.class);
    if (isNothing || PLAIN.contains(raw) || raw.equals(Object.class)) {
      return;
    }
    if (ADAPTERS.getAdapter(raw) != null || isOurs(raw) || !codecs.canEncode(type, mimeType)) {
      throw new ImpossibleSignature(
          "its result is " + type + ", and no Encoder writes that" + forMimeType(mimeType),
          "Give Datagram, byte[], String, ByteBuffer, DataBuffer, a type with an Encoder (a bean of"
              + " the application, or one of spring-web's: JSON needs spring-web and Jackson), a"
              + " Publisher of one of these, or nothing.");
    }
  }

  /**
   * A buffer or an address of a special kind: decoders say that they can, and make another kind.
   */
  private static boolean isOfAKind(Class<?> type) {
    return ByteBuffer.class.isAssignableFrom(type)
        || DataBuffer.class.isAssignableFrom(type)
        || SocketAddress.class.isAssignableFrom(type);
  }

  /** Jackson would say that it can. */
  private static boolean isOurs(Class<?> type) {
    return type.getPackageName().equals(Datagram.class.getPackageName());
  }

  private static String forMimeType(@Nullable MimeType mimeType) {
    return mimeType == null ? "" : " as " + mimeType;
  }

  /** Whether the method is called on the pump. */
  boolean isReactive() {
    return adapter != null;
  }

  /**
   * What a reactive method has returned, as a publisher.
   *
   * @param method for the text of an error
   */
  Publisher<?> publisher(@Nullable Object returned, Supplier<String> method) {
    return Objects.requireNonNull(adapter)
        .toPublisher(
            Objects.requireNonNull(
                returned,
                () -> method.get() + " returned null: return an empty publisher for no reply"));
  }

  /**
   * Refuses a publisher that a method gives without saying so: nobody would subscribe to it, and an
   * encoder might write what it is.
   *
   * @param method for the text of an error
   */
  void checkReply(Object value, Supplier<String> method) {
    if (resultType == null && ADAPTERS.getAdapter(value.getClass()) != null) {
      throw new IllegalStateException(
          method.get()
              + " gave a "
              + value.getClass().getSimpleName()
              + ", which its result type Object does not say: name the publisher there");
    }
  }

  /**
   * What the method is called with for a datagram.
   *
   * @throws org.springframework.core.codec.CodecException if the payload is not what it takes
   */
  @Nullable Object[] arguments(Datagram query, DatagramCodecs codecs) {
    @Nullable Object[] arguments = new @Nullable Object[parameters.size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = argument(parameters.get(i), query, codecs);
    }
    return arguments;
  }

  private @Nullable Object argument(ResolvableType type, Datagram query, DatagramCodecs codecs) {
    Class<?> raw = type.toClass();
    if (raw == Datagram.class) {
      return query;
    }
    if (raw == byte[].class) {
      return query.asByteArray();
    }
    if (raw == String.class) {
      return query.asString();
    }
    if (raw == ByteBuffer.class) {
      return query.payload();
    }
    if (raw == DataBuffer.class) {
      return DatagramCodecs.toDataBuffer(query);
    }
    if (raw == InetSocketAddress.class) {
      return query.remoteAddress();
    }
    return codecs.decode(query, type, mimeType);
  }

  /** A signature that can never work, and what would. */
  static final class ImpossibleSignature extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String remedy;

    ImpossibleSignature(String reason, String remedy) {
      super(reason);
      this.remedy = remedy;
    }

    String remedy() {
      return remedy;
    }
  }
}
