"""Who is asking: tokens of a Backstage portal, and sign-in with an OpenID Connect provider."""
