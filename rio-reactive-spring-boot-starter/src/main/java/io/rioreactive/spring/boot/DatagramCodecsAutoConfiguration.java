package io.rioreactive.spring.boot;

import io.rioreactive.spring.DatagramCodecs;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.codec.Decoder;
import org.springframework.core.codec.Encoder;
import org.springframework.http.codec.CodecConfigurer;
import org.springframework.http.codec.DecoderHttpMessageReader;
import org.springframework.http.codec.EncoderHttpMessageWriter;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import tools.jackson.databind.json.JsonMapper;

/**
 * What datagrams are decoded and encoded by: the {@link Decoder} and {@link Encoder} beans of the
 * application, then those of spring-web as the application has set them up for HTTP.
 *
 * <p>Example: a bean of the class {@code ReadingDecoder implements Decoder<Reading>} lets handler
 * methods take a {@code Reading}.
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration",
      "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration"
    })
public final class DatagramCodecsAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  DatagramCodecs datagramCodecs(
      ObjectProvider<Decoder<?>> decoders,
      ObjectProvider<Encoder<?>> encoders,
      ObjectProvider<CodecSource> others) {
    List<Decoder<?>> allDecoders = new ArrayList<>(decoders.orderedStream().toList());
    List<Encoder<?>> allEncoders = new ArrayList<>(encoders.orderedStream().toList());
    others
        .orderedStream()
        .forEach(
            source -> {
              allDecoders.addAll(source.decoders());
              allEncoders.addAll(source.encoders());
            });
    return new DatagramCodecs(allDecoders, allEncoders);
  }

  /** More codecs, which are no beans. */
  record CodecSource(List<Decoder<?>> decoders, List<Encoder<?>> encoders) {}

  /** Changes spring-web's codecs. */
  record CodecSetup(Consumer<CodecConfigurer> setup) {}

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(CodecConfigurer.class)
  static class SpringWebCodecs {

    @Bean
    CodecSource rioSpringWebCodecs(ObjectProvider<CodecSetup> setups) {
      ServerCodecConfigurer configurer = ServerCodecConfigurer.create();
      setups.orderedStream().forEach(it -> it.setup().accept(configurer));
      List<Decoder<?>> decoders = new ArrayList<>();
      configurer
          .getReaders()
          .forEach(
              reader -> {
                if (reader instanceof DecoderHttpMessageReader<?> decoding) {
                  decoders.add(decoding.getDecoder());
                }
              });
      List<Encoder<?>> encoders = new ArrayList<>();
      configurer
          .getWriters()
          .forEach(
              writer -> {
                if (writer instanceof EncoderHttpMessageWriter<?> encoding) {
                  encoders.add(encoding.getEncoder());
                }
              });
      return new CodecSource(decoders, encoders);
    }
  }

  /** Also where there is no WebFlux, whose auto-configuration would do it. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({CodecConfigurer.class, JsonMapper.class})
  static class JacksonCodecs {

    @Bean
    @Order(0)
    @ConditionalOnSingleCandidate(JsonMapper.class)
    CodecSetup rioJacksonCodecs(JsonMapper mapper) {
      return new CodecSetup(
          configurer -> {
            configurer.defaultCodecs().jacksonJsonDecoder(new JacksonJsonDecoder(mapper));
            configurer.defaultCodecs().jacksonJsonEncoder(new JacksonJsonEncoder(mapper));
          });
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({CodecConfigurer.class, CodecCustomizer.class})
  static class CustomizedCodecs {

    @Bean
    @Order(1)
    CodecSetup rioCustomizedCodecs(ObjectProvider<CodecCustomizer> customizers) {
      return new CodecSetup(
          configurer -> customizers.orderedStream().forEach(it -> it.customize(configurer)));
    }
  }
}
