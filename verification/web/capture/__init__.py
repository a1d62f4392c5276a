"""The pages of the person in the picture: notice, consents, camera, status. Nobody signs in here."""
