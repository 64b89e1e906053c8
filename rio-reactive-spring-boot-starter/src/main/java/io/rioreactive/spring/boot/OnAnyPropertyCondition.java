package io.rioreactive.spring.boot;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** {@link ConditionalOnAnyProperty}. */
final class OnAnyPropertyCondition extends SpringBootCondition {

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    String prefix =
        metadata
            .getAnnotations()
            .get(ConditionalOnAnyProperty.class)
            .getString(MergedAnnotation.VALUE);
    boolean isSet =
        Binder.get(context.getEnvironment())
            .bind(prefix, Bindable.mapOf(String.class, Object.class))
            .isBound();
    ConditionMessage.Builder message =
        ConditionMessage.forCondition(ConditionalOnAnyProperty.class, prefix);
    return isSet
        ? ConditionOutcome.match(message.because("properties are set"))
        : ConditionOutcome.noMatch(message.because("no property is set"));
  }
}
