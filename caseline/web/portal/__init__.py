"""What a Bitrix24 portal calls: the receiver of its events, and the pages of the local application."""
