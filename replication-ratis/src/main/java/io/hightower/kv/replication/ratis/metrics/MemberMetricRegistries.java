package io.hightower.kv.replication.ratis.metrics;

import io.hightower.kv.statemachine.spi.Metrics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.util.TimeDuration;

/**
 * Where Ratis registers what it counts, for all members of this process. Ratis makes the one instance, by the name in
 * {@code META-INF/services}, and says with each registry which member it is for.
 *
 * <p>Ratis takes registries away and goes on using them, so a member's stay until the member is detached. Of one part alone this
 * is not so: what a leader counts about its followers ends with the leadership. Thread-safe.
 */
public final class MemberMetricRegistries extends MetricRegistries {
    private static final Map<String, Attachment> MEMBERS = new ConcurrentHashMap<>();

    /** Made by Ratis, once. */
    public MemberMetricRegistries() {
        // All that there is belongs to members.
    }

    /** The metrics of one member, while it lives. */
    private static final class Attachment {
        private final Metrics.Scope scope;
        private final Map<MetricRegistryInfo, MemberRegistry> registries = new ConcurrentHashMap<>();

        Attachment(Metrics metrics) {
            this.scope = metrics.scope();
        }
    }

    /** Ends the counting for a member. */
    public interface Attached extends AutoCloseable {
        /** Takes away everything that was shown of the member. Idempotent. */
        @Override
        void close();
    }

    /**
     * Has what Ratis counts for a member shown by {@code metrics}, from now on.
     *
     * @param peerId the member's id in Ratis, which no other member of this process has
     */
    public static Attached attach(String peerId, Metrics metrics) {
        Attachment attachment = new Attachment(metrics);
        MEMBERS.put(peerId, attachment);
        return () -> {
            MEMBERS.remove(peerId, attachment);
            attachment.registries.values().forEach(MemberRegistry::removeGauges);
            attachment.registries.clear();
            attachment.scope.close();
        };
    }

    /** Returns whose registry it is: ids come alone, or as {@code id@group}. */
    private static Optional<Attachment> memberOf(MetricRegistryInfo info) {
        String prefix = info.getPrefix();
        int at = prefix.indexOf('@');
        return Optional.ofNullable(MEMBERS.get(at < 0 ? prefix : prefix.substring(0, at)));
    }

    @Override
    public RatisMetricRegistry create(MetricRegistryInfo info) {
        Optional<Attachment> member = memberOf(info);
        return member.isPresent()
                ? member.get().registries.computeIfAbsent(info, any -> new MemberRegistry(any, member.get().scope))
                : new MemberRegistry(info, Metrics.none());
    }

    @Override
    public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
        return memberOf(info).map(member -> member.registries.get(info));
    }

    @Override
    public boolean remove(MetricRegistryInfo info) {
        Optional<MemberRegistry> known = memberOf(info).map(member -> member.registries.get(info));
        if (RatisMeter.part(info).equals(RatisMeter.SENDERS)) {
            known.ifPresent(MemberRegistry::removeGauges);
        }
        return known.isPresent();
    }

    @Override
    public Set<MetricRegistryInfo> getMetricRegistryInfos() {
        return Set.copyOf(
                all().stream().map(RatisMetricRegistry::getMetricRegistryInfo).toList());
    }

    @Override
    public Collection<RatisMetricRegistry> getMetricRegistries() {
        return List.copyOf(all());
    }

    private static List<RatisMetricRegistry> all() {
        return MEMBERS.values().stream()
                .<RatisMetricRegistry>flatMap(member -> member.registries.values().stream())
                .toList();
    }

    @Override
    public void clear() {
        // Members take away what is theirs when they are closed.
    }

    @Override
    public void addReporterRegistration(
            Consumer<RatisMetricRegistry> reporter, Consumer<RatisMetricRegistry> stopReporter) {
        throw new UnsupportedOperationException("What Ratis counts is shown by the metrics of its member");
    }

    @Override
    public void enableJmxReporter() {
        // Members have their own reporter.
    }

    @Override
    public void enableConsoleReporter(TimeDuration consoleReportRate) {
        throw new UnsupportedOperationException("What Ratis counts is shown by the metrics of its member");
    }
}
