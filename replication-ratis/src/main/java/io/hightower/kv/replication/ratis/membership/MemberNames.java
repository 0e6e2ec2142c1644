package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.api.MemberId;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.thirdparty.io.grpc.EquivalentAddressGroup;
import org.apache.ratis.thirdparty.io.grpc.NameResolver;
import org.apache.ratis.thirdparty.io.grpc.NameResolverProvider;
import org.apache.ratis.thirdparty.io.grpc.NameResolverRegistry;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusOr;
import org.jspecify.annotations.Nullable;

/**
 * The names of members as gRPC understands them: looked up in the {@link AddressBook} of their cluster, then by DNS, and
 * again whenever the book has another address. Connections that exist move along. Thread-safe.
 */
final class MemberNames extends NameResolverProvider {
    /** Below that of DNS, so that names without a scheme stay what they are. */
    private static final int PRIORITY = 4;

    private static final AtomicBoolean REGISTERED = new AtomicBoolean();

    /** Makes the names known to gRPC, once in the life of the process. */
    static void register() {
        if (REGISTERED.compareAndSet(false, true)) {
            NameResolverRegistry.getDefaultRegistry().register(new MemberNames());
        }
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return PRIORITY;
    }

    @Override
    public String getDefaultScheme() {
        return AddressBook.SCHEME;
    }

    @Override
    public @Nullable NameResolver newNameResolver(URI target, NameResolver.Args args) {
        String[] path = Objects.requireNonNullElse(target.getPath(), "").split("/", -1);
        if (!AddressBook.SCHEME.equals(target.getScheme()) || path.length != 3) {
            return null;
        }
        AddressBook book = AddressBook.find(path[1]).orElse(null);
        MemberId member = MemberId.parse(path[2]).orElse(null);
        return book == null || member == null ? null : new Following(book, member, args);
    }

    /** The looking up for one connection. <b>Confined to the synchronization context of its channel</b>. */
    private static final class Following extends NameResolver {
        private final AddressBook book;
        private final MemberId member;
        private final Args args;
        private Runnable unfollow = () -> {};
        private @Nullable Listener2 listener;
        private @Nullable NameResolver dns;
        private boolean ended;

        Following(AddressBook book, MemberId member, Args args) {
            this.book = book;
            this.member = member;
            this.args = args;
        }

        @Override
        public String getServiceAuthority() {
            return book.addressOf(member).orElse(member.toString());
        }

        @Override
        public void start(Listener2 wanted) {
            listener = wanted;
            unfollow = book.follow(
                    member, address -> args.getSynchronizationContext().execute(() -> lookUp(address)));
            if (book.addressOf(member).isEmpty()) {
                wanted.onError(Status.UNAVAILABLE.withDescription("No address is known: memberId=" + member));
            }
        }

        private void lookUp(String address) {
            if (ended || listener == null) {
                return;
            }
            if (dns != null) {
                dns.shutdown();
            }
            URI target = URI.create("dns:///" + address);
            dns = NameResolverRegistry.getDefaultRegistry().asFactory().newNameResolver(target, args);
            if (dns != null) {
                dns.start(new Addressed(listener, address));
            }
        }

        @Override
        public void refresh() {
            if (dns != null) {
                dns.refresh();
            }
        }

        @Override
        public void shutdown() {
            ended = true;
            unfollow.run();
            if (dns != null) {
                dns.shutdown();
            }
        }
    }

    /** Tells a listener of addresses under the name that the member's certificate has to bear now. */
    private static final class Addressed extends NameResolver.Listener2 {
        private final NameResolver.Listener2 listener;
        private final String authority;

        Addressed(NameResolver.Listener2 listener, String authority) {
            this.listener = listener;
            this.authority = authority;
        }

        @Override
        public void onResult(NameResolver.ResolutionResult result) {
            listener.onResult(named(result));
        }

        @Override
        public Status onResult2(NameResolver.ResolutionResult result) {
            return listener.onResult2(named(result));
        }

        @Override
        public void onError(Status error) {
            listener.onError(error);
        }

        private NameResolver.ResolutionResult named(NameResolver.ResolutionResult result) {
            StatusOr<List<EquivalentAddressGroup>> found = result.getAddressesOrError();
            return found.hasValue()
                    ? result.toBuilder()
                            .setAddressesOrError(StatusOr.fromValue(Objects.requireNonNull(found.getValue()).stream()
                                    .map(this::named)
                                    .toList()))
                            .build()
                    : result;
        }

        private EquivalentAddressGroup named(EquivalentAddressGroup group) {
            return new EquivalentAddressGroup(
                    group.getAddresses(),
                    group.getAttributes().toBuilder()
                            .set(EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, authority)
                            .build());
        }
    }
}
