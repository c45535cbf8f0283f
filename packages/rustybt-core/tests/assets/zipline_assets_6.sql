BEGIN TRANSACTION;
CREATE TABLE asset_router (
	sid BIGINT NOT NULL,
	asset_type TEXT,
	PRIMARY KEY (sid),
	UNIQUE (sid)
);
INSERT INTO "asset_router" VALUES(12,'future');
INSERT INTO "asset_router" VALUES(4,'equity');
INSERT INTO "asset_router" VALUES(7,'equity');
CREATE TABLE "equities" (
	sid BIGINT NOT NULL,
	asset_name TEXT,
	start_date BIGINT NOT NULL,
	end_date BIGINT NOT NULL,
	first_traded BIGINT,
	auto_close_date BIGINT,
	exchange TEXT,
	exchange_full TEXT,
	PRIMARY KEY (sid),
	UNIQUE (sid)
);
INSERT INTO "equities" VALUES(4,'Renamed Company',1546387200000000000,1601424000000000000,-9223372036854775808,-9223372036854775808,'NYSE','New York Stock Exchange');
INSERT INTO "equities" VALUES(7,'Third Company',1546387200000000000,1640908800000000000,-9223372036854775808,-9223372036854775808,'NASDAQ','NASDAQ');
CREATE TABLE equity_supplementary_mappings (
	sid BIGINT NOT NULL,
	field TEXT NOT NULL,
	start_date BIGINT NOT NULL,
	end_date BIGINT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (sid, field, start_date),
	FOREIGN KEY(sid) REFERENCES equities (sid)
);
INSERT INTO "equity_supplementary_mappings" VALUES(7,'isin',1546387200000000000,1640908800000000000,'US0000000007');
CREATE TABLE equity_symbol_mappings (
	id BIGINT NOT NULL,
	sid BIGINT NOT NULL,
	symbol TEXT NOT NULL,
	company_symbol TEXT,
	share_class_symbol TEXT,
	start_date BIGINT NOT NULL,
	end_date BIGINT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (id),
	FOREIGN KEY(sid) REFERENCES equities (sid)
);
INSERT INTO "equity_symbol_mappings" VALUES(0,4,'OLD','OLD','',1546387200000000000,1561680000000000000);
INSERT INTO "equity_symbol_mappings" VALUES(1,4,'NEW.A','NEW','A',1561939200000000000,1601424000000000000);
INSERT INTO "equity_symbol_mappings" VALUES(2,7,'QQQ','QQQ','',1546387200000000000,1640908800000000000);
CREATE TABLE futures_contracts (
	sid BIGINT NOT NULL,
	symbol TEXT,
	root_symbol TEXT,
	asset_name TEXT,
	start_date BIGINT NOT NULL,
	end_date BIGINT NOT NULL,
	first_traded BIGINT,
	exchange TEXT,
	notice_date BIGINT NOT NULL,
	expiration_date BIGINT NOT NULL,
	auto_close_date BIGINT NOT NULL,
	multiplier FLOAT,
	tick_size FLOAT,
	PRIMARY KEY (sid),
	UNIQUE (sid),
	FOREIGN KEY(root_symbol) REFERENCES futures_root_symbols (root_symbol),
	FOREIGN KEY(exchange) REFERENCES futures_exchanges (exchange)
);
INSERT INTO "futures_contracts" VALUES(12,'ESH21','ES','E-mini March 2021',1577923200000000000,1616112000000000000,-9223372036854775808,'Chicago Mercantile Exchange',1615939200000000000,1616112000000000000,1615939200000000000,50.0,0.1);
CREATE TABLE "futures_exchanges" (
	exchange TEXT NOT NULL,
	timezone TEXT,
	PRIMARY KEY (exchange),
	UNIQUE (exchange)
);
INSERT INTO "futures_exchanges" VALUES('Chicago Mercantile Exchange',NULL);
INSERT INTO "futures_exchanges" VALUES('NASDAQ',NULL);
INSERT INTO "futures_exchanges" VALUES('New York Stock Exchange',NULL);
CREATE TABLE futures_root_symbols (
	root_symbol TEXT NOT NULL,
	root_symbol_id BIGINT,
	sector TEXT,
	description TEXT,
	exchange TEXT,
	PRIMARY KEY (root_symbol),
	UNIQUE (root_symbol),
	FOREIGN KEY(exchange) REFERENCES futures_exchanges (exchange)
);
INSERT INTO "futures_root_symbols" VALUES('ES',NULL,'index','E-mini S&P 500','Chicago Mercantile Exchange');
CREATE TABLE version_info (
	id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CHECK (id <= 1),
	UNIQUE (id),
	UNIQUE (version)
);
INSERT INTO "version_info" VALUES(1,6);
CREATE INDEX ix_equity_symbol_mappings_company_symbol ON equity_symbol_mappings (company_symbol);
CREATE INDEX ix_equity_symbol_mappings_sid ON equity_symbol_mappings (sid);
CREATE INDEX ix_futures_contracts_root_symbol ON futures_contracts (root_symbol);
CREATE UNIQUE INDEX ix_futures_contracts_symbol ON futures_contracts (symbol);
COMMIT;
