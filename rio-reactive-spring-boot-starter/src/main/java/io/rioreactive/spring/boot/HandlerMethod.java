package io.rioreactive.spring.boot;

import io.rioreactive.Datagram;
import io.rioreactive.spring.DatagramCodecs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A handler method as the function that its server responds with. Any thread.
 *
 * <pre>
 *   reactive:   pump → arguments → method → publisher → replies
 *   any other:  pump → a thread that may block → arguments → method → reply
 * </pre>
 */
final class HandlerMethod implements Function<Datagram, Publisher<Datagram>> {

  private final Object bean;
  private final Method method;
  private final HandlerSignature signature;
  private final DatagramCodecs codecs;
  private final HandlerThreads threads;

  HandlerMethod(
      Object bean,
      Method method,
      HandlerSignature signature,
      DatagramCodecs codecs,
      HandlerThreads threads) {
    this.bean = bean;
    this.method = method;
    this.signature = signature;
    this.codecs = codecs;
    this.threads = threads;
  }

  @Override
  public Publisher<Datagram> apply(Datagram query) {
    return signature.isReactive() ? onPump(query) : offPump(query);
  }

  private Mono<Datagram> offPump(Datagram query) {
    return threads.call(() -> reply(query, call(query)));
  }

  private Publisher<Datagram> onPump(Datagram query) {
    Publisher<?> values;
    try {
      values = signature.publisher(call(query), this::toString);
    } catch (Exception failure) {
      return Mono.error(failure);
    }
    if (values instanceof Callable<?> here) { // a value, or computed in the call: needs no timer
      return Mono.fromCallable(() -> reply(query, here.call()));
    }
    return Flux.from(values)
        .<Datagram>mapNotNull(value -> reply(query, value))
        .doOnDiscard(DataBuffer.class, DataBufferUtils::release); // what waits when it is cancelled
  }

  private @Nullable Datagram reply(Datagram query, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    signature.checkReply(value, this::toString);
    return codecs.reply(query, value, signature.resultType(), signature.mimeType());
  }

  private @Nullable Object call(Datagram query) throws Exception {
    try {
      return method.invoke(bean, signature.arguments(query, codecs));
    } catch (InvocationTargetException thrown) {
      Throwable cause = thrown.getCause();
      if (cause instanceof Error error) {
        throw error;
      }
      throw cause instanceof Exception exception ? exception : thrown;
    }
  }

  @Override
  public String toString() {
    return text(method);
  }

  /** {@code com.example.Clock.answer(String)}. */
  static String text(Method method) {
    StringBuilder text = new StringBuilder(ClassUtils.getQualifiedMethodName(method)).append('(');
    for (Class<?> type : method.getParameterTypes()) {
      text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ").append(type.getSimpleName());
    }
    return text.append(')').toString();
  }
}
