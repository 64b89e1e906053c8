package io.rioreactive;

import io.rioreactive.kernel.SocketConfig;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.util.context.Context;
import reactor.util.context.ContextView;
import reactor.util.retry.Retry;

/**
 * What a {@link RioUdpServer} has been told. Copied for each change and not changed afterwards;
 * every value in it has been checked.
 */
final class ServerOptions implements Cloneable {

  static final int LARGEST_DATAGRAM = 65_507; // 65,535 less 20 (IPv4) and 8 (UDP) bytes of headers
  static final int MOST_SLOTS = 1 << 24;

  /** A terabyte: more than any machine has, and less than any address space. */
  static final long MOST_BYTES = 1L << 40;

  private static final List<SocketOption<?>> SUPPORTED =
      List.of(
          StandardSocketOptions.SO_RCVBUF,
          StandardSocketOptions.SO_SNDBUF,
          StandardSocketOptions.SO_REUSEADDR,
          StandardSocketOptions.SO_REUSEPORT,
          StandardSocketOptions.SO_BROADCAST,
          StandardSocketOptions.IP_TOS);

  @Nullable InetSocketAddress bindAddress;
  @Nullable String host;
  int port;
  int receiveSlots = 1_024;
  int sendSlots = 256;
  int datagramSize = 2_048;
  Truncation truncation = Truncation.DROP;
  boolean wiretap;
  @Nullable String provider;
  @Nullable Notification notification;
  @Nullable PumpGroup group;
  Map<SocketOption<?>, Object> socketOptions = Map.of();

  @Nullable BiFunction<? super RioInbound, ? super RioOutbound, ? extends Publisher<Void>> handler;
  Retry handlerRetry = new HandlerRetry();
  @Nullable Function<? super Datagram, ? extends Publisher<Datagram>> respond;

  /** 0 for as many as there are receive slots, 256 at most. */
  int respondConcurrency;

  Duration respondTimeout = Duration.ofSeconds(30);
  @Nullable Consumer<? super Drop> onDrop;
  @Nullable Consumer<? super RioUdpServer> onBind;
  @Nullable Consumer<? super RioConnection> onBound;
  @Nullable Consumer<? super RioConnection> onUnbound;

  /** Of bind's subscriber, for the handler. */
  ContextView context = Context.empty();

  ServerOptions with(Consumer<ServerOptions> change) {
    ServerOptions copy = copy();
    change.accept(copy);
    copy.checkMemory();
    return copy;
  }

  private ServerOptions copy() {
    try {
      return (ServerOptions) clone();
    } catch (CloneNotSupportedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Nullable BiFunction<? super RioInbound, ? super RioOutbound, ? extends Publisher<Void>>
      handler() {
    return handler;
  }

  @Nullable Function<? super Datagram, ? extends Publisher<Datagram>> respond() {
    return respond;
  }

  int respondConcurrency() {
    return respondConcurrency == 0 ? Math.min(256, receiveSlots) : respondConcurrency;
  }

  Duration respondTimeout() {
    return respondTimeout;
  }

  Retry handlerRetry() {
    return handlerRetry;
  }

  @Nullable Consumer<? super Drop> onDrop() {
    return onDrop;
  }

  @Nullable Consumer<? super RioConnection> onUnbound() {
    return onUnbound;
  }

  ContextView context() {
    return context;
  }

  int receiveSlots() {
    return receiveSlots;
  }

  int datagramSize() {
    return datagramSize;
  }

  Truncation truncation() {
    return truncation;
  }

  boolean wiretap() {
    return wiretap;
  }

  SocketConfig socketConfig(InetSocketAddress address) {
    return new SocketConfig(address, receiveSlots, sendSlots, datagramSize, socketOptions);
  }

  /** Both, one after the other; what the first throws keeps the second from being called. */
  static <T> Consumer<T> chain(@Nullable Consumer<? super T> first, Consumer<? super T> second) {
    return value -> {
      if (first != null) {
        first.accept(value);
      }
      second.accept(value);
    };
  }

  <T> void setOption(SocketOption<T> option, T value) {
    if (!SUPPORTED.contains(option)) {
      throw new IllegalArgumentException(
          "option "
              + option.name()
              + " is not supported: use "
              + SUPPORTED.stream().map(SocketOption::name).collect(Collectors.joining(", ")));
    }
    if (!option.type().isInstance(value)) {
      throw new IllegalArgumentException(
          "option "
              + option.name()
              + " is "
              + value
              + ", which is no "
              + option.type().getSimpleName());
    }
    if (option == StandardSocketOptions.SO_RCVBUF || option == StandardSocketOptions.SO_SNDBUF) {
      checkRange("option " + option.name(), (Integer) value, 1, Integer.MAX_VALUE, "bytes");
    }
    if (option == StandardSocketOptions.IP_TOS) {
      checkRange("option " + option.name(), (Integer) value, 0, 255, "a traffic class");
    }
    Map<SocketOption<?>, Object> all = new LinkedHashMap<>(socketOptions);
    all.put(option, value);
    socketOptions = Map.copyOf(all);
  }

  private void checkMemory() {
    long bytes = ((long) receiveSlots + sendSlots) * datagramSize;
    if (bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "(receiveSlots "
              + receiveSlots
              + " + sendSlots "
              + sendSlots
              + ") x datagramSize "
              + datagramSize
              + " is "
              + bytes
              + " bytes: at most "
              + MOST_BYTES
              + ", so take fewer slots or smaller datagrams");
    }
  }

  /** Refuses an impossible number by name, value and range. */
  static int checkRange(String option, int value, int least, int most, String unit) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option + " is " + value + ": allowed are " + least + " to " + most + " (" + unit + ")");
    }
    return value;
  }
}
