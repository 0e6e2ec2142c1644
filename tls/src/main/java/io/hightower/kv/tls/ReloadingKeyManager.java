package io.hightower.kv.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the certificate that is in force when a handshake begins. The alias is the number of its generation, so that a
 * handshake gets certificate and key of one generation although the files are replaced meanwhile. Thread-safe.
 *
 * <p>It is shown whatever authorities the other side names: there is one, and the other side says better what is wrong with it.
 */
final class ReloadingKeyManager extends X509ExtendedKeyManager {
    private final Supplier<ReloadingTls.Generation> current;

    ReloadingKeyManager(Supplier<ReloadingTls.Generation> current) {
        this.current = current;
    }

    private @Nullable String alias(String... keyTypes) {
        ReloadingTls.Generation generation = current.get();
        String algorithm = generation.material().key().getAlgorithm();
        for (String keyType : keyTypes) {
            if (keyType.equals(algorithm)) {
                return Long.toString(generation.number());
            }
        }
        return null;
    }

    private @Nullable TlsMaterial material(String alias) {
        ReloadingTls.Generation generation = current.get();
        if (alias.equals(Long.toString(generation.number()))) {
            return generation.material();
        }
        return alias.equals(Long.toString(generation.number() - 1)) ? generation.before() : null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        TlsMaterial material = material(alias);
        return material == null ? null : material.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        TlsMaterial material = material(alias);
        return material == null ? null : material.key();
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyTypes);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    private String @Nullable [] aliases(String keyType) {
        String alias = alias(keyType);
        return alias == null ? null : new String[] {alias};
    }
}
